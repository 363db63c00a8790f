"""How long machines take to boot and what memory they need, beside the least that a container can take.

Run as root: `python bench/bench_machines.py [MACHINES]`.  Prints a line of JSON.  Brings up a region of its own and
takes it down again; the root file system is built first if no test or region has done so.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

from stax_local import life
from stax_local.kernel import cgroups
from stax_local.kernel.ledger import Ledger
from stax_local.machines.cache import path_of
from stax_local.machines.recipe import recipe

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.machines import Machine, MachineRegion, home, ignition, lacking

MACHINES = 25
FLOOR_ROUNDS = 5
MIB = 1024 * 1024
STARTED = "Startup finished in"
UP_WITHIN_S = 180.0
DOCKER = ignition(systemd={"units": [{"name": "docker.service", "enabled": True}]})


def main(count: int) -> None:
    if why_not := lacking():
        print(json.dumps({"bench": "machines", "skipped": why_not}))
        return
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        region = MachineRegion(home(Path(folder) / "home"))
        try:
            region.down()
            life.up(region.folder, {"data_plane": "machines", "quotas": {"vcpus": 1000}})
            region.settings = region.up()
            print(json.dumps({"bench": "machines", **floor(path_of(region.folder.home, recipe())),
                              **one(region), **replaced(region), **many(region, count)}))  # fmt: skip
        finally:
            region.down()


def floor(image: Path) -> dict[str, Any]:
    """The least: a container of the same root file system that ends at once."""
    command = ("systemd-nspawn", "--quiet", f"--directory={image}", "--read-only", "--register=no", "--keep-unit",
               "--private-network", "--pipe", "/bin/true")  # fmt: skip
    took = [timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(FLOOR_ROUNDS)]
    return {"nspawn_true_s": round(statistics.median(took), 3)}


def one(region: MachineRegion) -> dict[str, Any]:
    """One machine by itself: launched and provisioned, then stopped and started."""
    machine = launch(region, subnet(region, "10.1.0.0/16"), 1)[0]
    launched = timed(lambda: up(machine))
    stopped = timed(lambda: (machine.ec2.stop_instances(InstanceIds=[machine.id]), machine.becomes("stopped")))
    machine.ec2.start_instances(InstanceIds=[machine.id])
    booted = timed(lambda: up(machine, boots=2))
    terminated = timed(
        lambda: (machine.ec2.terminate_instances(InstanceIds=[machine.id]), machine.becomes("terminated"))
    )
    return {"launch_s": round(launched, 2), "stop_s": round(stopped, 2), "boot_s": round(booted, 2),
            "terminate_s": round(terminated, 2)}  # fmt: skip


def replaced(region: MachineRegion) -> dict[str, Any]:
    """A group's member that somebody terminates: until another is up in its place."""
    ec2, autoscaling = region.client("ec2"), region.client("autoscaling")
    subnet_id = subnet(region, "10.3.0.0/16")
    data = {"ImageId": image(region), "InstanceType": "t3.small", "UserData": b64encode(DOCKER.encode()).decode()}
    ec2.create_launch_template(LaunchTemplateName="hosts", LaunchTemplateData=data)
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="hosts", LaunchTemplate={"LaunchTemplateName": "hosts"}, VPCZoneIdentifier=subnet_id,
        MinSize=1, MaxSize=1,
    )  # fmt: skip
    first = member(region, other_than="")
    up(region.machine(first))
    ec2.terminate_instances(InstanceIds=[first])
    took = timed(lambda: up(region.machine(member(region, other_than=first))))
    autoscaling.delete_auto_scaling_group(AutoScalingGroupName="hosts", ForceDelete=True)
    return {"replace_s": round(took, 2)}


def member(region: MachineRegion, other_than: str) -> str:
    """The id of the group's one member, once it is another."""
    deadline = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < deadline:
        found = region.client("autoscaling").describe_auto_scaling_instances()["AutoScalingInstances"]
        ids: list[str] = [each["InstanceId"] for each in found if each["InstanceId"] != other_than]
        if ids:
            return ids[0]
        time.sleep(0.02)
    sys.exit("the group has no other member")


def many(region: MachineRegion, count: int) -> dict[str, Any]:
    """Many at once, each with Docker running: how long until all are up, and what they hold in memory."""
    before = available_mib()
    began = time.monotonic()
    machines = launch(region, subnet(region, "10.2.0.0/16"), count)
    for machine in machines:
        up(machine)
    took = time.monotonic() - began
    label = Ledger(region.folder.path / "network.json").label
    counted = [cgroups.memory_bytes(f"{label}/{machine.id}") / MIB for machine in machines]
    return {
        "machines": count,
        "all_up_s": round(took, 1),
        "available_mib_per_machine": round((before - available_mib()) / count, 1),
        "cgroup_mib_per_machine": round(statistics.median(counted), 1),
        "region_mib": life.status(region.folder)["memory_mib"],
    }


def launch(region: MachineRegion, subnet_id: str, count: int) -> list[Machine]:
    ec2 = region.client("ec2")
    run = ec2.run_instances(
        ImageId=image(region), InstanceType="t3.small", MinCount=count, MaxCount=count, SubnetId=subnet_id,
        UserData=DOCKER,
    )  # fmt: skip
    return [region.machine(instance["InstanceId"]) for instance in run["Instances"]]


def image(region: MachineRegion) -> str:
    image_id: str = region.client("ec2").describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]
    return image_id


def subnet(region: MachineRegion, cidr_block: str) -> str:
    ec2 = region.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr_block)["Vpc"]["VpcId"]
    subnet_id: str = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr_block.replace("/16", "/24"))["Subnet"]["SubnetId"]
    return subnet_id


def up(machine: Machine, boots: int = 1) -> None:
    """Wait until systemd has said so often that it has started all; its console costs nothing to read."""
    deadline = time.monotonic() + UP_WITHIN_S
    while machine.folder.console().count(STARTED) < boots:
        if time.monotonic() > deadline:
            end = machine.folder.console()[-2000:]
            sys.exit(f"{machine.id} is not up after {UP_WITHIN_S:.0f} s; the end of its console:\n{end}")
        time.sleep(0.02)


def available_mib() -> float:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable:"))


def timed(function: Any) -> float:
    began = time.monotonic()
    function()
    return time.monotonic() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else MACHINES)
