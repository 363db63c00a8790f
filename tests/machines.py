"""Regions whose machines are real, for tests: brought up, asked by API, entered, taken down."""

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from stax_local import life
from stax_local.folder import Folder, Settings
from stax_local.kernel import machine_abilities
from stax_local.kernel.host_limits import raise_limits
from stax_local.machines.cache import root_file_system
from stax_local.machines.entering import first_process
from stax_local.machines.folder import MachineFolder
from stax_local.machines.recipe import recipe
from stax_local.process import Process, this_process

CACHE = Path(os.environ.get("STAX_TEST_CACHE", "/var/tmp/stax-tests"))
"""The root file system takes minutes to build, so test runs share it."""

# A machine boots in a second or two; a test machine that does twenty other things gets more.
BOOTS_WITHIN_S = 180.0


def lacking() -> str:
    """What this machine lacks for machines; empty when nothing."""
    return machine_abilities.lacking(Path("/var/tmp"))


def home(folder: Path) -> Path:
    """A home for regions in this folder, with the shared cache in it."""
    CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
    root_file_system(CACHE, recipe(), lambda _: None)
    raise_limits()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "cache").symlink_to(CACHE / "cache")
    return folder


class MachineRegion:
    """A region with machines."""

    def __init__(self, home: Path, name: str = "local", **wanted: Any) -> None:
        self.folder = Folder(home / "local" / name, home, name)
        self.wanted = {"data_plane": "machines", **wanted}
        self.settings = self.up()

    def up(self) -> Settings:
        return life.up(self.folder, self.wanted, leash=this_process())[0]

    def down(self, *, keep: bool = False) -> None:
        life.down(self.folder, keep=keep)

    def kill(self) -> None:
        kept = self.folder.process()
        assert kept
        os.kill(int(kept["pid"]), signal.SIGKILL)
        eventually(lambda: life.status(self.folder)["state"] == "died")

    def client(self, service: str) -> Any:
        return botocore.session.Session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url=f"http://127.0.0.1:{self.settings.port}",
            aws_access_key_id=self.settings.access_key_id,
            aws_secret_access_key=self.settings.secret_access_key,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def machine(self, instance_id: str) -> "Machine":
        return Machine(self, instance_id)


class Machine:
    """One instance, by API and from inside."""

    def __init__(self, region: MachineRegion, instance_id: str) -> None:
        self.region = region
        self.id = instance_id
        self.folder = MachineFolder(region.folder.path / "machines" / instance_id)

    @property
    def ec2(self) -> Any:
        """A new client each time: a region that was brought up again may listen elsewhere."""
        return self.region.client("ec2")

    @property
    def state(self) -> str:
        state: str = self._described()["State"]["Name"]
        return state

    @property
    def status(self) -> str:
        """ok or impaired; empty when it does not run."""
        found = self.ec2.describe_instance_status(InstanceIds=[self.id])["InstanceStatuses"]
        return found[0]["InstanceStatus"]["Status"] if found else ""

    @property
    def pid(self) -> int | None:
        return first_process(self.folder)

    @property
    def process(self) -> Process | None:
        """The process that all of it depends on."""
        return self.folder.runner()

    def runs(self, *argv: str) -> str:
        """What the command says on its standard output; empty while the machine cannot be entered."""
        return self.execute(*argv).stdout.strip()

    def execute(self, *argv: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stax_local", "exec", "--name", self.region.folder.name, "--state",
                   str(self.region.folder.path), self.id, "--", *argv]  # fmt: skip
        return subprocess.run(command, input=given, capture_output=True, text=True, timeout=BOOTS_WITHIN_S, check=False)

    def has_booted(self) -> bool:
        return self.runs("systemctl", "is-system-running") == "running"

    def boots(self) -> "Machine":
        eventually(self.has_booted)
        return self

    def becomes(self, state: str) -> None:
        eventually(lambda: self.state == state)

    def _described(self) -> Any:
        return self.ec2.describe_instances(InstanceIds=[self.id])["Reservations"][0]["Instances"][0]


def ignition(**parts: Any) -> str:
    """User data: an Ignition configuration with these parts."""
    return json.dumps({"ignition": {"version": "3.3.0"}, **parts})


def file(path: str, text: str) -> Mapping[str, Any]:
    """A file for Ignition to write."""
    return {"path": path, "contents": {"source": f"data:;base64,{b64encode(text.encode()).decode()}"}}


def eventually(holds: Callable[[], bool], within_s: float = BOOTS_WITHIN_S) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
