"""How long after the API's answer a change is in the kernel, and what a network of 25 machines costs.

Run as root: `python bench/local_network.py`.  Brings up a region of its own and takes it down again.
"""

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

from stax_local import life
from stax_local.folder import Folder
from stax_local.kernel.ledger import Ledger
from stax_local.network.names import device

ROUNDS = 20
MACHINES = 25


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Folder(Path(home) / "local", Path(home), "bench")
        settings, _ = life.up(folder, {"data_plane": "network", "quotas": {"vcpus": 1000}})
        try:
            key = {"aws_access_key_id": settings.access_key_id, "aws_secret_access_key": settings.secret_access_key}
            ec2 = botocore.session.Session().create_client(
                "ec2", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{settings.port}",
                config=Config(retries={"total_max_attempts": 1}), **key,
            )  # fmt: skip
            measure(ec2, Ledger(folder.path / "network.json").label)
            print(f"region's memory with {MACHINES} machines: {life.status(folder)['memory_mib']} MiB")
        finally:
            life.down(folder, keep=False)


def measure(ec2: Any, label: str) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.183.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.183.1.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    group = ec2.create_security_group(GroupName="bench", Description="bench", VpcId=vpc)["GroupId"]
    router = f"{label}.{vpc}"
    started = time.perf_counter()
    addresses = run_machines(ec2, subnet, group)
    interfaces = list(addresses)
    wait(lambda: all(device("e", each) in ip(router, "rule") for each in interfaces))
    print(f"{MACHINES} machines in the network: {time.perf_counter() - started:.2f} s after RunInstances was called")
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=interfaces[0])
    tell("ReplaceRoute", [replace_route(ec2, table, interfaces[n % 2], router) for n in range(1, ROUNDS + 1)])
    address = ec2.allocate_address(Domain="vpc")
    tell("AssociateAddress", [associate(ec2, address, interfaces[n % 2], addresses, router) for n in range(ROUNDS)])
    tell("AuthorizeSecurityGroupIngress", [authorize(ec2, group, 1000 + n, router) for n in range(ROUNDS)])


def run_machines(ec2: Any, subnet: str, group: str) -> dict[str, str]:
    """The machines' network interfaces and their private addresses."""
    image = ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]
    instances = ec2.run_instances(
        ImageId=image, InstanceType="t3.micro", MinCount=MACHINES, MaxCount=MACHINES, SubnetId=subnet,
        SecurityGroupIds=[group],
    )["Instances"]  # fmt: skip
    interfaces = [instance["NetworkInterfaces"][0] for instance in instances]
    return {each["NetworkInterfaceId"]: each["PrivateIpAddress"] for each in interfaces}


def replace_route(ec2: Any, table: str, interface: str, router: str) -> float:
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=interface)
    return wait(lambda: device("e", interface) in ip(router, "route", "show", "table", "all", "0.0.0.0/0"))


def associate(ec2: Any, address: Any, interface: str, addresses: dict[str, str], router: str) -> float:
    ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=interface, AllowReassociation=True)
    pair = f"{address['PublicIp']} : {addresses[interface]}"
    return wait(lambda: pair in ruleset(router))


def authorize(ec2: Any, group: str, port: int, router: str) -> float:
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    return wait(lambda: f"dport {port}" in ruleset(router))


def wait(holds: Callable[[], bool]) -> float:
    """Poll until it holds; the milliseconds since the call, an `ip` or `nft` of some 3 ms included."""
    started = time.perf_counter()
    while not holds():
        if time.perf_counter() - started > 30:
            sys.exit("it did not come about within 30 s")
    return (time.perf_counter() - started) * 1000


def ip(namespace: str, *words: str) -> str:
    return subprocess.run(("ip", "-n", namespace, *words), capture_output=True, text=True, check=False).stdout


def ruleset(namespace: str) -> str:
    command = ("ip", "netns", "exec", namespace, "nft", "list", "ruleset")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def tell(what: str, times_ms: list[float]) -> None:
    print(f"{what}: in the kernel {statistics.median(times_ms):.0f} ms after the answer (worst {max(times_ms):.0f})")


if __name__ == "__main__":
    main()
