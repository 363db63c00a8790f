"""Instance types have the memory and the processors that EC2 says."""

from dataclasses import replace
from typing import Any

from tests.accounts import Account

from stax_local.machines.instance_types import InstanceTypes


class Ec2:
    """Answers DescribeInstanceTypes, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, service: str, region: str) -> Any:
        return self

    def describe_instance_types(self, InstanceTypes: list[str]) -> Any:  # noqa: N803 - AWS's own
        self.asked += 1
        size_mib = {"t3.small": 2048}[InstanceTypes[0]]
        return {"InstanceTypes": [{"MemoryInfo": {"SizeInMiB": size_mib}, "VCpuInfo": {"DefaultVCpus": 2}}]}


def test_a_type_is_asked_for_once() -> None:
    account, ec2 = Account(), Ec2()
    subnet = account.subnet(account.route_table(account.vpc()), "10.183.1.0/24")
    made, _ = account.machine(subnet, "10.183.1.10")
    instance = replace(account.world.instances[made], instance_type="t3.small")
    types = InstanceTypes(ec2)

    assert types.memory_bytes(instance) == types.memory_bytes(instance) == 2 * 1024**3
    assert types.processors(instance) == 2
    assert ec2.asked == 1
