"""How long after the API's answer a change is in the kernel, in a network of 25 machines.

Each time ends with the first look that finds it; of routes, addresses and rules that is an `ip` or an `nft`, of
which `look_ms` says what one takes.  As root: networks in the kernel.  The machines are bare namespaces: what
booting costs is local_machines.py's.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from timing import tell

from stax_local import life
from stax_local.folder import Folder
from stax_local.kernel.ledger import Ledger
from stax_local.kernel.namespaces import inside
from stax_local.network.names import device

ROUNDS = 11
MACHINES = 25
PROMISED_MS = 50
COMES_WITHIN_S = 30


class Network:
    """A VPC of a region of its own, its machines, and the clients that change them."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.settings, _ = life.up(folder, {"data_plane": "network", "quotas": {"vcpus": 1000}})
        self.label = Ledger(folder.path / "network.json").label
        self.ec2, self.autoscaling = self._client("ec2"), self._client("autoscaling")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.183.0.0/16")["Vpc"]["VpcId"]
        self.router = f"{self.label}.{self.vpc}"
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(VpcId=self.vpc, InternetGatewayId=gateway)
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.183.1.0/24")["Subnet"]["SubnetId"]
        self.table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=self.table, SubnetId=self.subnet)
        group = self.ec2.create_security_group(GroupName="bench", Description="bench", VpcId=self.vpc)
        self.group = group["GroupId"]
        self.image = self.ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]

    def _client(self, service: str) -> Any:
        return botocore.session.Session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url=f"http://127.0.0.1:{self.settings.port}",
            config=Config(retries={"total_max_attempts": 1}),
            aws_access_key_id=self.settings.access_key_id,
            aws_secret_access_key=self.settings.secret_access_key,
        )

    def run(self, count: int) -> list[Any]:
        """Run machines and wait until they are plugged in."""
        instances: list[Any] = self.ec2.run_instances(
            ImageId=self.image, InstanceType="t3.micro", MinCount=count, MaxCount=count, SubnetId=self.subnet,
            SecurityGroupIds=[self.group],
        )["Instances"]  # fmt: skip
        wait(lambda: {device("e", interface(each)) for each in instances} <= self.ports())
        return instances

    def state(self, instance: Any) -> str:
        found = self.ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"][0]["Instances"][0]
        return str(found["State"]["Name"])

    def ports(self) -> set[str]:
        """The machines' interfaces, as the VPC sees them; read without a process, which would be in the way."""
        lines = inside(self.router, Path("/proc/thread-self/net/dev").read_text).splitlines()
        names = {line.partition(":")[0].strip() for line in lines[2:]}
        return {name for name in names if name.startswith("e")}

    def routed(self) -> set[str]:
        """Those whose packets find their way: the last thing that a new one gets."""
        return {line.split()[-3] for line in self.ip("rule").splitlines() if "iif" in line}

    def ip(self, *words: str) -> str:
        command = ("ip", "-n", self.router, *words)
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def ruleset(self) -> str:
        command = ("ip", "netns", "exec", self.router, "nft", "list", "ruleset")
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def interface(instance: Any) -> str:
    return str(instance["NetworkInterfaces"][0]["NetworkInterfaceId"])


def wait(holds: Callable[[], bool]) -> float:
    """Look until it holds; the milliseconds since the call."""
    started = time.perf_counter()
    while not holds():
        if time.perf_counter() - started > COMES_WITHIN_S:
            sys.exit(f"it did not come about within {COMES_WITHIN_S} s")
    return (time.perf_counter() - started) * 1000


def replace_route(net: Network, machines: list[Any], turn: int) -> float:
    target = interface(machines[turn % 2])
    net.ec2.replace_route(RouteTableId=net.table, DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=target)
    return wait(lambda: device("e", target) in net.ip("route", "show", "table", "all", "0.0.0.0/0"))


def associate_address(net: Network, machines: list[Any], turn: int, address: Any) -> float:
    target = machines[turn % 2]
    net.ec2.associate_address(
        AllocationId=address["AllocationId"], NetworkInterfaceId=interface(target), AllowReassociation=True
    )
    pair = f"{address['PublicIp']} : {target['PrivateIpAddress']}"
    return wait(lambda: pair in net.ruleset())


def authorize(net: Network, turn: int) -> float:
    port = 1000 + turn
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    net.ec2.authorize_security_group_ingress(GroupId=net.group, IpPermissions=[permission])
    return wait(lambda: f"dport {port}" in net.ruleset())


def stop(net: Network, machine: Any) -> float:
    net.ec2.stop_instances(InstanceIds=[machine["InstanceId"]])
    port = device("e", interface(machine))
    took_ms = wait(lambda: port not in net.ports())
    net.ec2.start_instances(InstanceIds=[machine["InstanceId"]])
    wait(lambda: net.state(machine) == "running")
    return took_ms


def terminate(net: Network) -> float:
    (machine,) = net.run(1)
    net.ec2.terminate_instances(InstanceIds=[machine["InstanceId"]])
    return wait(lambda: device("e", interface(machine)) not in net.ports())


def make_group(net: Network) -> None:
    data = {"ImageId": net.image, "InstanceType": "t3.micro", "SecurityGroupIds": [net.group]}
    net.ec2.create_launch_template(LaunchTemplateName="bench", LaunchTemplateData=data)
    net.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="bench", MinSize=0, MaxSize=ROUNDS, DesiredCapacity=0, VPCZoneIdentifier=net.subnet,
        LaunchTemplate={"LaunchTemplateName": "bench", "Version": "$Latest"},
    )  # fmt: skip


def grow(net: Network, turn: int) -> float:
    """One machine more: from the answer until it is in the network."""
    ports = net.ports()
    net.autoscaling.set_desired_capacity(AutoScalingGroupName="bench", DesiredCapacity=turn + 1)
    return wait(lambda: net.ports() > ports) + wait(lambda: net.routed() > ports)


def measure(net: Network) -> dict[str, float]:
    """The median of each operation, in milliseconds."""
    machines = net.run(MACHINES)
    net.ec2.create_route(
        RouteTableId=net.table, DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=interface(machines[1])
    )
    address = net.ec2.allocate_address(Domain="vpc")
    make_group(net)
    operations: dict[str, Callable[[int], float]] = {
        "ReplaceRoute": lambda turn: replace_route(net, machines, turn),
        "AssociateAddress": lambda turn: associate_address(net, machines, turn, address),
        "AuthorizeSecurityGroupIngress": lambda turn: authorize(net, turn),
        "StopInstances": lambda _: stop(net, machines[-1]),
        "TerminateInstances": lambda _: terminate(net),
        "SetDesiredCapacity": lambda turn: grow(net, turn),
    }
    measured = {name: statistics.median(once(turn) for turn in range(ROUNDS)) for name, once in operations.items()}
    return measured | {"look": statistics.median(wait(lambda: bool(net.ruleset())) for _ in range(ROUNDS))}


def main() -> None:
    if os.geteuid() != 0:
        print(json.dumps({"bench": "network", "skipped": "networks in the kernel need root"}))
        return
    with tempfile.TemporaryDirectory() as home:
        folder = Folder(Path(home) / "local", Path(home), "bench")
        try:
            measured = measure(Network(folder))
        finally:
            life.down(folder, keep=False)
    worst_ms = max(measured.values())
    tell("network", ratio=worst_ms / PROMISED_MS, limit=1.0, **{f"{name}_ms": took for name, took in measured.items()})


if __name__ == "__main__":
    main()
