"""A local region of a bench's own, and plain botocore clients of it."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
from timing import STAX


@dataclass(frozen=True)
class Region:
    """`environ` has STAX_HOME for stax and, from `stax local env`, everything for AWS's own tools."""

    environ: Mapping[str, str]
    endpoint_url: str

    def stax(self, *words: str) -> None:
        """Run stax in the region, where it has no AWS variable to go by."""
        subprocess.run([STAX, *words, "--region", "local"], check=True, env=self.environ, stdout=subprocess.DEVNULL)

    def client(self, service: str) -> Any:
        """Return a botocore client with botocore's own defaults."""
        return botocore.session.Session().create_client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=self.environ["AWS_REGION"],
            aws_access_key_id=self.environ["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environ["AWS_SECRET_ACCESS_KEY"],
        )


@contextmanager
def region() -> Iterator[Region]:
    """Bring a region up, and take it down with everything of it."""
    with tempfile.TemporaryDirectory(prefix="stax-bench-") as folder:
        environ = {**os.environ, "STAX_HOME": str(Path(folder) / "stax")}
        subprocess.run([STAX, "local", "up"], check=True, env=environ, stdout=subprocess.DEVNULL)
        try:
            told = subprocess.run(
                [STAX, "local", "env", "--output", "json"], check=True, env=environ, capture_output=True
            )
            exported = json.loads(told.stdout)
            yield Region({**environ, **exported}, exported["AWS_ENDPOINT_URL"])
        finally:
            subprocess.run([STAX, "local", "down"], check=True, env=environ, stdout=subprocess.DEVNULL)
