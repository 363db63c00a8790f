"""How long a chaos verb takes until the kernel has it, and whether it then holds.

Each verb is what `stax local chaos` does with its words, in this process: what a Python takes to start is left out.
`look_ms` is `chaos status`, the same without a change: of what the others take, that much is asking and telling.
As root: two machines, bare namespaces, in two zones of a region of the bench's own; and one that boots, in another,
for power and ice, where there is what that takes.
"""

import argparse
import io
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import botocore.session
from timing import tell

from stax_local import chaos_cli, life
from stax_local.folder import Folder
from stax_local.internet.echo import DatagramEcho
from stax_local.kernel.ledger import Ledger
from stax_local.kernel.namespaces import inside
from stax_local.kernel.process import KernelError
from stax_local.kernel.sockets import datagrams

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.machines import Machine, MachineRegion, home, ignition, lacking

ROUNDS, POWER_ROUNDS = 9, 5
PROMISED_MS = 100
A, B = "10.183.0.10", "10.183.1.10"
CALM = "clear"
VERBS = {
    "cut machine": "cut {a}",
    "cut pair": "cut {a} {b}",
    "cut one way": "cut {a} {b} --one-way",
    "cut zone": "cut us-east-1a any",
    "impair loss": "impair {a} {b} --loss 100",
    "impair rate": "impair {a} {b} --rate 8000",
    "impair delay": "impair {a} {b} --delay 300",
    "impair jitter": "impair {a} {b} --jitter 300",
    "imds-down": "imds-down {a}",
    "api-latency": "api-latency 300 --operation ReplaceRoute",
    "api-throttle": "api-throttle --operation ReplaceRoute",
    "api-blackhole": "api-blackhole --operation ReplaceRoute",
}
SILENT = ("cut machine", "cut pair", "cut one way", "cut zone", "impair loss")
"""After which nothing comes through, from the moment that the verb is done."""


class Pair:
    """Two machines that can be disturbed."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        settings, _ = life.up(folder, {"data_plane": "network"})
        self.ec2 = botocore.session.Session().create_client(
            "ec2", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{settings.port}",
            aws_access_key_id=settings.access_key_id, aws_secret_access_key=settings.secret_access_key,
        )  # fmt: skip
        self.label = Ledger(folder.path / "network.json").label
        vpc = self.ec2.create_vpc(CidrBlock="10.183.0.0/16")["Vpc"]["VpcId"]
        group = self.ec2.create_security_group(GroupName="bench", Description="bench", VpcId=vpc)["GroupId"]
        everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[everything])
        self.a, self.b = (self._machine(vpc, group, address, zone) for address, zone in ((A, "a"), (B, "b")))
        namespace = f"{self.label}.{self.b}"
        wait(lambda: self._is_plugged(namespace))
        self.echo = DatagramEcho(datagrams(namespace, B, 7))
        wait(self.answers)

    def _machine(self, vpc: str, group: str, address: str, zone: str) -> str:
        block = address.rpartition(".")[0] + ".0/24"
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        image = self.ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]
        instance = self.ec2.run_instances(
            ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet["SubnetId"],
            PrivateIpAddress=address, SecurityGroupIds=[group],
        )["Instances"][0]  # fmt: skip
        return str(instance["InstanceId"])

    def _is_plugged(self, namespace: str) -> bool:
        try:
            return B in inside(namespace, Path("/proc/thread-self/net/fib_trie").read_text)
        except KernelError:  # it is not there yet, or its name is and nothing behind it
            return False

    def answers(self) -> bool:
        """Whether B's echo comes back to A."""
        with inside(f"{self.label}.{self.a}", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mine:
            mine.settimeout(0.25)
            try:
                mine.sendto(b"x", (B, 7))
                return mine.recv(9) == b"x"
            except OSError:
                return False

    def takes_ms(self, words: str) -> float:
        """Do what the words say; the milliseconds until it is done."""
        return takes_ms(self.folder, words.format(a=self.a, b=self.b))


def takes_ms(folder: Folder, words: str) -> float:
    """Give a chaos command to the region in the folder; the milliseconds until it is done."""
    parser = argparse.ArgumentParser()
    chaos_cli.add(parser)
    arguments = parser.parse_args(words.split())
    arguments.output = "table"
    began = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        chaos_cli.run(folder, arguments)
    return (time.perf_counter() - began) * 1000


def wait(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it did not come about within 30 s"


def measure(pair: Pair) -> dict[str, float]:
    """The median of each verb, and of the `clear` after it, in milliseconds."""
    taken: dict[str, list[float]] = {name: [] for name in (*VERBS, CALM, "look")}
    for _ in range(ROUNDS):
        for name, words in VERBS.items():
            taken[name].append(pair.takes_ms(words))
            assert name not in SILENT or not pair.answers(), f"{name} let something through"
            taken[CALM].append(pair.takes_ms(CALM))
            assert pair.answers(), f"{name} was not undone"
        taken["look"].append(pair.takes_ms("status"))
    return {name: statistics.median(times) for name, times in taken.items()}


def of_power() -> dict[str, float]:
    """The medians of what is done to a machine that has booted, in milliseconds; nothing where none can."""
    if lacking():
        return {}
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        region = MachineRegion(home(Path(folder) / "home"))
        try:
            return measure_power(booted(region))
        finally:
            region.down()


def booted(region: MachineRegion) -> Machine:
    ec2 = region.client("ec2")
    subnet = ec2.create_subnet(VpcId=ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"], CidrBlock="10.1.0.0/24")
    run = ec2.run_instances(
        ImageId=ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"], InstanceType="t3.micro",
        MinCount=1, MaxCount=1, SubnetId=subnet["Subnet"]["SubnetId"], UserData=ignition(),
    )  # fmt: skip
    return region.machine(run["Instances"][0]["InstanceId"]).boots()


def measure_power(machine: Machine) -> dict[str, float]:
    taken: dict[str, list[float]] = {verb: [] for verb in ("freeze", "thaw", "power-off", "power-on")}
    for _ in range(POWER_ROUNDS):
        for verb, times in taken.items():
            took_ms = takes_ms(machine.region.folder, f"{verb} {machine.id}")
            assert machine.folder.is_frozen == (verb == "freeze"), f"{verb} left it otherwise"
            if verb == "power-off":
                began = time.perf_counter()
                wait(lambda: not machine.folder.seen().is_alive)
                took_ms += (time.perf_counter() - began) * 1000
            times.append(took_ms)
        machine.boots()
    return {verb: statistics.median(times) for verb, times in taken.items()}


def main() -> None:
    if os.geteuid() != 0:
        print(json.dumps({"bench": "chaos", "skipped": "networks in the kernel need root"}))
        return
    with tempfile.TemporaryDirectory() as home:
        folder = Folder(Path(home) / "local", Path(home), "bench")
        try:
            pair = Pair(folder)
            measured = measure(pair)
            pair.echo.close()
        finally:
            life.down(folder, keep=False)
    measured |= of_power()
    named = {f"{name.replace(' ', '_').replace('-', '_')}_ms": took for name, took in measured.items()}
    tell("chaos", ratio=max(measured.values()) / PROMISED_MS, limit=1.0, **named)


if __name__ == "__main__":
    main()
