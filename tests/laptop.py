"""Somebody's laptop, for tests: a home of its own, `stax` on it, and a stax in a region whose machines boot."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from tests.environment import of_home

CACHE = Path(os.environ.get("STAX_TEST_CACHE", "/var/tmp/stax-tests"))
"""The machines' root file system takes minutes to build, so test runs share it."""
EXAMPLE = Path(__file__).parents[1] / "config" / "config.json.example"
BUILD_LIMIT_S, LIMIT_S = 900, 400

Result = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Laptop:
    """A home with a ~/.ssh of its own, and `stax` in a region with machines."""

    home: Path

    @property
    def env(self) -> dict[str, str]:
        return of_home(self.home, STAX_HOME=str(self.home / "stax"))

    def stax(self, *words: str, limit_s: float = LIMIT_S) -> Result:
        return self.run("-m", "stax", *words, limit_s=limit_s)

    def run(self, *words: str, limit_s: float = LIMIT_S) -> Result:
        argv = [sys.executable, *words]
        return subprocess.run(
            argv, env=self.env, capture_output=True, text=True, timeout=limit_s, check=False, stdin=subprocess.DEVNULL
        )

    def local(self, *words: str) -> Result:
        return self.run("-m", "stax_local", *words)

    def inside(self, machine: str, script: str) -> str:
        """Run a script as root without ssh, as somebody at the machine's console would."""
        done = self.local("exec", machine, "--", "sh", "-c", script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def machines(self, name: str = "web") -> Mapping[str, Mapping[str, Any]]:
        described = json.loads(self.stax("describe", name, "--output", "json").stdout)
        return {machine["name"]: machine for machine in described["machines"]}

    def client(self, service: str) -> Any:
        at = json.loads((self.home / "stax/endpoints/local.json").read_text())
        return botocore.session.Session().create_client(
            service,
            region_name=at["region"],
            endpoint_url=at["endpoint_url"],
            aws_access_key_id=at["access_key_id"],
            aws_secret_access_key=at["secret_access_key"],
        )


@contextmanager
def laptop_with(name: str, folder: Path, *, hosts: int, up_with: Sequence[str] = ()) -> Iterator[Laptop]:
    """A laptop whose region has the stax `name` with so many docker hosts; afterwards the region is down."""
    at = Laptop(folder)
    CACHE.joinpath("cache").mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "stax").mkdir(mode=0o700)
    (folder / "stax" / "cache").symlink_to(CACHE / "cache")
    up = at.run("-m", "stax_local", "up", "--data-plane", "machines", *up_with, limit_s=BUILD_LIMIT_S)
    if up.returncode != 0:
        pytest.skip(f"no machines here: {up.stderr.strip()}")
    try:
        made = at.stax("create", name, "--yes", "--config", str(_configuration(folder, hosts)))
        assert made.returncode == 0, made.stderr
        yield at
    finally:
        at.local("down")


def _configuration(folder: Path, hosts: int) -> Path:
    entries = json.loads(EXAMPLE.read_text())
    for entry in entries:
        if entry["ParameterKey"] == "ClusterSize":
            entry["ParameterValue"] = str(hosts)
    path = folder / "config.json"
    path.write_text(json.dumps(entries))
    return path
