"""Two regions with machines on one machine, a whole stax of the same addresses in each; one is killed on the way."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.environment import of_home
from tests.machines import eventually, home, lacking

from stax_local.folder import Folder
from stax_local.kernel import namespaces
from stax_local.kernel.ledger import Ledger
from stax_local.machines.folder import MachineFolder
from stax_local.process import Process, read_process

EXAMPLE = Path(__file__).parents[2] / "config" / "config.json.example"
WEB = "203.0.113.10"
REGIONS = ("local", "second")
LIMIT_S = 400
KILLS = 2
KILLED_WITHIN_S = 8.0
SEED = 20151122

pytestmark = pytest.mark.timeout(1500)


class Desk:
    """Somebody's home, and `stax` in two regions of it."""

    def __init__(self, folder: Path) -> None:
        self.home = home(folder / "stax")
        self.config = folder / "config.json"
        entries = json.loads(EXAMPLE.read_text())
        for entry in entries:
            if entry["ParameterKey"] == "ClusterSize":
                entry["ParameterValue"] = "1"
        self.config.write_text(json.dumps(entries))

    @property
    def _environ(self) -> dict[str, str]:
        return of_home(self.home.parent, STAX_HOME=str(self.home))

    def starts(self, *words: str) -> "subprocess.Popen[str]":
        module = "stax_local" if words[0] == "local" else "stax"
        argv = [sys.executable, "-m", module, *(words[1:] if words[0] == "local" else words)]
        return subprocess.Popen(
            argv, env=self._environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def stax(self, *words: str) -> str:
        said, complaint = (running := self.starts(*words)).communicate(timeout=LIMIT_S)
        assert running.returncode == 0, f"{' '.join(words)}: {complaint}"
        return said

    def up(self, region: str) -> None:
        self.stax("local", "up", "--name", region, "--data-plane", "machines", "--no-uplink")

    def creates(self, region: str) -> "subprocess.Popen[str]":
        return self.starts("create", "web", "--region", region, "--yes", "--quiet", "--config", str(self.config))

    def machines(self, region: str) -> Mapping[str, Mapping[str, Any]]:
        described = json.loads(self.stax("describe", "web", "--region", region, "--output", "json"))
        return {machine["name"]: machine for machine in described["machines"]}

    def called_from(self, region: str, machine: str) -> str:
        """The address that the region's internet sees; empty while there is no answer."""
        running = self.starts("local", "exec", "--name", region, machine, "--", "curl", "-sm5", f"http://{WEB}/ip")
        return running.communicate(timeout=LIMIT_S)[0].strip()

    def folder(self, region: str) -> Folder:
        return Folder(self.home / "local" / region, self.home, region)

    def process(self, region: str) -> Process:
        kept = self.folder(region).process()
        assert kept
        return Process(int(kept["pid"]), int(kept["start_ticks"]))

    def kill(self, region: str) -> None:
        process = self.process(region)
        os.kill(process.pid, signal.SIGKILL)
        eventually(lambda: not process.is_alive())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    if why_not := lacking():
        pytest.skip(why_not)
    made = Desk(tmp_path_factory.mktemp("desk"))
    try:
        for region in REGIONS:
            made.up(region)
        yield made
    finally:
        for region in REGIONS:
            made.starts("local", "down", "--name", region).communicate(timeout=LIMIT_S)


def is_whole(desk: Desk, region: str) -> bool:
    """Whether its docker host gets out by its NAT box, under that one's address."""
    machines = desk.machines(region)
    return desk.called_from(region, "docker1") in {machines["nat1"]["public_ip"], machines["nat2"]["public_ip"]}


def test_a_create_goes_on_after_its_region_was_killed_and_another_region_does_not_notice(desk: Desk) -> None:
    undisturbed = desk.creates("local")
    moments = random.Random(SEED)  # noqa: S311 - to be the same every time
    for _ in range(KILLS):
        creating = desk.creates("second")
        time.sleep(moments.uniform(0.5, KILLED_WITHIN_S))
        desk.kill("second")
        creating.communicate(timeout=LIMIT_S)
        desk.up("second")
    went_on = desk.creates("second")

    for creating in (undisturbed, went_on):
        complaint = creating.communicate(timeout=LIMIT_S)[1]
        assert creating.returncode == 0, complaint
    for region in REGIONS:
        assert sorted(desk.machines(region)) == ["docker1", "jumpbox", "nat1", "nat2"]
        eventually(partial(is_whole, desk, region))


def test_two_staxes_of_one_name_and_one_network_have_nothing_in_common(desk: Desk) -> None:
    first, second = (desk.machines(region) for region in REGIONS)

    assert {machine["instance_id"] for machine in first.values()}.isdisjoint(
        {machine["instance_id"] for machine in second.values()}
    )
    assert {machine["private_ip"].rpartition(".")[0] for machine in first.values()} & {
        machine["private_ip"].rpartition(".")[0] for machine in second.values()
    }
    keys = sorted(path.parent.parent.parent.name for path in desk.home.glob("*/stax/web/id_ed25519"))
    assert len(keys) == len(set(keys)) == 2


def test_one_is_destroyed_and_taken_down_and_the_other_goes_on(desk: Desk) -> None:
    folder = desk.folder("local")
    runners = [MachineFolder(path).runner() for path in (folder.path / "machines").iterdir()]
    label = Ledger(folder.path / "network.json").label

    desk.stax("destroy", "web", "--region", "local", "--yes", "--quiet")
    desk.stax("local", "down", "--name", "local")

    assert is_whole(desk, "second")
    assert runners
    assert not any(runner.is_alive() for runner in runners if runner)
    assert not [each for each in namespaces.FOLDER.iterdir() if each.name.startswith(label)]


def test_taken_down_after_all_that_nothing_is_left(desk: Desk) -> None:
    folder, region = desk.folder("second"), desk.process("second")
    runners = [MachineFolder(path).runner() for path in (folder.path / "machines").iterdir()]
    delays = [read_process(path.read_text()) for path in (folder.path / "delays").glob("*")]
    names = Ledger(folder.path / "network.json").namespaces
    desk.kill("second")  # the harder case: nobody is there to tidy up

    desk.stax("local", "down", "--name", "second")

    assert not any(process.is_alive() for process in (*runners, *delays, region) if process)
    assert names
    assert not any(namespaces.exists(name) for name in names)
    assert str(desk.home) not in Path("/proc/self/mounts").read_text()
    assert sorted(path.name for path in desk.home.rglob("*") if path.is_file() and "cache" not in path.parts) == [
        "history.jsonl"
    ]
