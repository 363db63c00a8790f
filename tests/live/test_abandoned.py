"""A region whose folder is removed, or whose owner is killed, is nobody's: it takes itself down."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.machines import Machine, MachineRegion, eventually, home, ignition, lacking

from stax_local import life
from stax_local.kernel import cgroups, namespaces
from stax_local.kernel.ledger import Ledger
from stax_local.process import Process


@pytest.fixture(autouse=True)
def _able() -> None:
    if why_not := lacking():
        pytest.skip(why_not)


def inhabited(region: MachineRegion) -> Machine:
    """A machine in the region that has booted."""
    ec2 = region.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.183.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.183.1.0/24")["Subnet"]["SubnetId"]
    image = ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]
    run = ec2.run_instances(
        ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet, UserData=ignition()
    )
    return region.machine(run["Instances"][0]["InstanceId"]).boots()


def traces(label: str) -> list[str]:
    """What the kernel still has of a region."""
    names = [path.name for path in namespaces.FOLDER.iterdir() if path.name.startswith(label)]
    groups = [str(each.path / label) for each in cgroups.hierarchies() if (each.path / label).exists()]
    return names + groups


def serving(region: MachineRegion) -> Process:
    kept = region.folder.process()
    assert kept
    return Process(int(kept["pid"]), int(kept["start_ticks"]))


def test_a_region_whose_folder_is_removed_takes_itself_down_with_its_machines(tmp_path: Path) -> None:
    region = MachineRegion(home(tmp_path / "stax"))
    machine, process = inhabited(region), serving(region)
    runner, label = machine.process, Ledger(region.folder.path / "network.json").label
    assert runner
    assert traces(label)

    shutil.rmtree(region.folder.path, ignore_errors=True)  # the region may write a file meanwhile

    eventually(lambda: not process.is_alive())
    assert not runner.is_alive()
    assert traces(label) == []
    assert not region.folder.path.exists()
    assert not region.folder.endpoint.exists()


def test_a_region_whose_owner_is_killed_takes_itself_down(tmp_path: Path) -> None:
    region = MachineRegion(home(tmp_path / "stax"))
    region.down(keep=True)
    owner = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    began = int(Path(f"/proc/{owner.pid}/stat").read_text().rpartition(")")[2].split()[19])
    life.up(region.folder, region.wanted, leash=Process(owner.pid, began))
    process, label = serving(region), Ledger(region.folder.path / "network.json").label

    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()

    eventually(lambda: not process.is_alive())
    assert traces(label) == []
    assert not region.folder.path.exists()
