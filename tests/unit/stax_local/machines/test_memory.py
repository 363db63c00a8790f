"""Instance types have the memory that EC2 says."""

from dataclasses import replace
from typing import Any

from tests.accounts import Account

from stax_local.machines.memory import InstanceMemory


class Ec2:
    """Answers DescribeInstanceTypes, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, service: str, region: str) -> Any:
        return self

    def describe_instance_types(self, InstanceTypes: list[str]) -> Any:  # noqa: N803 - AWS's own
        self.asked += 1
        return {"InstanceTypes": [{"MemoryInfo": {"SizeInMiB": {"t3.small": 2048}[InstanceTypes[0]]}}]}


def test_a_type_is_asked_for_once() -> None:
    account, ec2 = Account(), Ec2()
    subnet = account.subnet(account.route_table(account.vpc()), "10.183.1.0/24")
    made, _ = account.machine(subnet, "10.183.1.10")
    instance = replace(account.world.instances[made], instance_type="t3.small")
    memory = InstanceMemory(ec2)

    assert memory(instance) == memory(instance) == 2 * 1024**3
    assert ec2.asked == 1
