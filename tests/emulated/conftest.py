"""Local regions for tests: one that a run (or xdist worker) shares, and homes for regions of a test's own."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from stax_local import life
from stax_local.cli import environment
from stax_local.folder import Folder, Settings
from stax_local.process import this_process

COMMAND_LIMIT_S = 90


@dataclass(frozen=True)
class LocalRegion:
    """A running region: `env` is a whole environment for subprocesses, in which nothing of the user's AWS is left."""

    folder: Folder
    settings: Settings

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def home(self) -> Path:
        """STAX_HOME: the region is registered there as `local`."""
        return self.folder.home

    @property
    def aws_env(self) -> Mapping[str, str]:
        """What `stax local env` exports."""
        return environment(self.settings)

    @property
    def env(self) -> dict[str, str]:
        """For `stax`, which finds the region by its registration, and for AWS's own tools."""
        return {**self.stax_env, **self.aws_env}

    @property
    def stax_env(self) -> dict[str, str]:
        """For `stax` alone: no AWS variable at all, so that the registration is what it finds."""
        return {**clean_environment(), "STAX_HOME": str(self.home), "HOME": str(self.home)}

    def client(self, service: str, region: str = "") -> Any:
        """A botocore client, which raises at the first failure instead of trying again."""
        key = (self.settings.access_key_id, self.settings.secret_access_key)
        return make_client(self.endpoint_url, key, service, region or self.settings.region)


@dataclass(frozen=True)
class Home:
    """A STAX_HOME of a test's own, and `stax local` in it."""

    path: Path

    @property
    def env(self) -> dict[str, str]:
        return {**clean_environment(), "STAX_HOME": str(self.path), "HOME": str(self.path)}

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "stax_local", *words],
            env=env or self.env,
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )

    def up(self, *words: str, name: str = "local") -> LocalRegion:
        done = self.run("up", "--port", str(free_port()), "--name", name, *words)
        assert done.returncode == 0, done.stderr
        return self.region(name)

    def up_again(self) -> LocalRegion:
        done = self.run("up")
        assert done.returncode == 0, done.stderr
        return self.region()

    def region(self, name: str = "local") -> LocalRegion:
        settings = self.folder(name).settings()
        assert settings
        return LocalRegion(self.folder(name), settings)

    def status(self, *words: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.run("status", "--output", "json", *words).stdout)
        return answer

    def folder(self, name: str = "local") -> Folder:
        return Folder(self.path / "local" / name, self.path, name)


def clean_environment() -> dict[str, str]:
    """The environment without anything of AWS's or stax's; regions have no machines, whoever runs the tests."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STAX_"))}
    return {**clean, "STAX_LOCAL_DATA_PLANE": "none", "STAX_LOCAL_LEASH": str(this_process())}


@cache
def make_client(endpoint_url: str, key: tuple[str, str], service: str, region: str) -> Any:
    return botocore.session.Session().create_client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        config=Config(
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
            max_pool_connections=50,
        ),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRegion]:
    """The region that the tests of one run (one xdist worker) share: leave nothing in it that could confuse others."""
    home = tmp_path_factory.mktemp("stax-home")
    folder = Folder(home / "local" / "local", home, "local")
    settings, _ = life.up(
        folder, {"port": free_port(), "quotas": {"elastic-ips": 200, "vpcs": 200, "vcpus": 5000}}, leash=this_process()
    )
    try:
        yield LocalRegion(folder, settings)
    finally:
        life.down(folder, keep=False)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home without regions; those that the test brings up are taken down after it."""
    made = Home(tmp_path / "stax")
    yield made
    for folder in sorted((made.path / "local").glob("*")):
        life.down(made.folder(folder.name), keep=False)
