from email.message import Message
from typing import Any

import pytest

from stax_local.desired import Vpc, World
from stax_local.front.call import Call
from stax_local.front.keyring import Key
from stax_local.front.message import Request
from stax_local.quotas import Quotas
from stax_local.service import Caller, ServiceError

OWNER = Key("AKIA", "secret", "arn:aws:iam::123456789012:user/local")
CALLER = Caller("123456789012", "us-east-1", "AKIA", OWNER.arn)


class Ec2:
    """Knows some addresses, one launch template and two instance types."""

    def __init__(self, addresses: int) -> None:
        self._addresses = addresses

    def describe_addresses(self) -> dict[str, Any]:
        return {"Addresses": [{}] * self._addresses}

    def describe_launch_template_versions(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"LaunchTemplateId": "lt-1", "Versions": ["3"]}
        return {"LaunchTemplateVersions": [{"LaunchTemplateData": {"InstanceType": "t3.large"}}]}

    def describe_instance_types(self, InstanceTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        return {"InstanceTypes": [{"VCpuInfo": {"DefaultVCpus": 2}}]}


def quotas(world: World | None = None, *, addresses: int = 0, **values: int) -> Quotas:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    return Quotas(named, lambda service, region: Ec2(addresses), lambda: world or World())


def call(operation: str, region: str = "us-east-1", **parameters: str) -> Call:
    form = tuple((name.replace("__", "."), value) for name, value in parameters.items())
    return Call(Request("POST", "/", Message()), "ec2", region, "AKIA", "ec2", operation, form)


def vpcs(count: int) -> World:
    made = [Vpc(f"vpc-{n}", "123456789012", "us-east-1", ("10.0.0.0/16",), n == 0, True, True) for n in range(count)]
    return World(vpcs={vpc.id: vpc for vpc in made})


def code(made: Quotas, asked: Call) -> str:
    with pytest.raises(ServiceError) as refusal:
        made.admit(asked, OWNER)
    return refusal.value.code


def test_tells_the_quota_in_force_and_amazons_own() -> None:
    operations = quotas(elastic_ips=7).operations()
    asked = {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"}
    assert operations["GetServiceQuota"](CALLER, asked)["Quota"]["Value"] == 7.0
    assert operations["GetAWSDefaultServiceQuota"](CALLER, asked)["Quota"]["Value"] == 5.0


def test_lists_the_quotas_of_a_service() -> None:
    listed = quotas().operations()["ListServiceQuotas"](CALLER, {"ServiceCode": "ec2"})["Quotas"]
    assert [quota["QuotaCode"] for quota in listed] == ["L-0263D0A3", "L-1216C47A"]


def test_knows_no_other_quota() -> None:
    for name, asked in (
        ("GetServiceQuota", {"ServiceCode": "ec2", "QuotaCode": "L-00000000"}),
        ("ListServiceQuotas", {"ServiceCode": "lambda"}),
    ):
        with pytest.raises(ServiceError, match="NoSuchResourceException"):
            quotas().operations()[name](CALLER, asked)


def test_the_last_address_is_given_and_the_next_is_not() -> None:
    quotas(addresses=4, elastic_ips=5).admit(call("AllocateAddress"), OWNER)
    assert code(quotas(addresses=5, elastic_ips=5), call("AllocateAddress")) == "AddressLimitExceeded"


def test_vpcs_are_counted_by_region_and_the_default_one_counts() -> None:
    made = quotas(vpcs(3), vpcs=3)
    assert code(made, call("CreateVpc")) == "VpcLimitExceeded"
    made.admit(call("CreateVpc", "eu-west-1"), OWNER)


def test_vcpus_are_counted_by_type_and_number() -> None:
    wanted = {"InstanceType": "t3.large", "MaxCount": "2", "MinCount": "1"}
    quotas(vcpus=4).admit(call("RunInstances", **wanted), OWNER)
    assert code(quotas(vcpus=3), call("RunInstances", **wanted)) == "VcpuLimitExceeded"


def test_a_launch_templates_type_counts_like_any() -> None:
    wanted = {"LaunchTemplate__LaunchTemplateId": "lt-1", "LaunchTemplate__Version": "3", "MaxCount": "2"}
    assert code(quotas(vcpus=3), call("RunInstances", **wanted)) == "VcpuLimitExceeded"


def test_other_buckets_other_calls_and_rehearsals_are_let_through() -> None:
    made = quotas(vpcs(9), addresses=9, vcpus=0, elastic_ips=0, vpcs=0)
    for asked in (
        call("RunInstances", InstanceType="p4d.24xlarge", MaxCount="1"),
        call("DescribeVpcs"),
        call("AllocateAddress", DryRun="true"),
    ):
        made.admit(asked, OWNER)
