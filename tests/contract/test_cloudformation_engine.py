"""The engine over a region that is cut off, that refuses, that answers late.

An operation that is cut off after any one of its calls is ended by the engine that comes next, and leaves nothing.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from tests.contract.cloudformation_region import IAM, TRUST, Region

from stax_local.cloudformation.clock import Clock
from stax_local.service import ServiceError


def template(cidr: str, word: str, description: str) -> str:
    ref = {"Ref": "Vpc"}
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8", "Description": description}
    resources = {
        "Vpc": ("EC2::VPC", {"CidrBlock": cidr, "EnableDnsHostnames": True}),
        "Still": ("EC2::VPC", {"CidrBlock": "10.9.0.0/16"}),
        "Subnet": ("EC2::Subnet", {"VpcId": ref, "CidrBlock": cidr.replace("/16", "/24")}),
        "Group": (
            "EC2::SecurityGroup",
            {"GroupDescription": "g", "VpcId": {"Ref": "Vpc"}, "SecurityGroupIngress": [rule]},
        ),
        "Gateway": ("EC2::InternetGateway", {}),
        "Attachment": (
            "EC2::VPCGatewayAttachment",
            {"VpcId": {"Ref": "Still"}, "InternetGatewayId": {"Ref": "Gateway"}},
        ),
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": TRUST}),
        "Profile": ("IAM::InstanceProfile", {"Roles": [{"Ref": "Role"}]}),
        "Address": ("EC2::EIP", {"Domain": "vpc"}),
        "Word": ("SSM::Parameter", {"Type": "String", "Value": word}),
    }
    made = {name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in resources.items()}
    return json.dumps({"Resources": made})


OLD = template("10.0.0.0/16", "old", "one")
NEW = template("10.1.0.0/16", "new", "two")


def left_behind(account: Any) -> dict[str, int]:
    ec2, iam = account.client("ec2"), account.client("iam")
    return {
        "vpcs": sum(not each["IsDefault"] for each in ec2.describe_vpcs()["Vpcs"]),
        "gateways": len(ec2.describe_internet_gateways()["InternetGateways"]),
        "groups": sum(each["GroupName"] != "default" for each in ec2.describe_security_groups()["SecurityGroups"]),
        "addresses": len(ec2.describe_addresses()["Addresses"]),
        "roles": len(iam.list_roles()["Roles"]),
        "profiles": len(iam.list_instance_profiles()["InstanceProfiles"]),
        "words": len(account.client("ssm").describe_parameters()["Parameters"]),
    }


def operations_cut_off(
    account: Any, operation: Callable[[Region, str], None], *, made: bool, body: str = OLD
) -> Iterator[str]:
    """Do an operation again and again, cut off one call later each time; yield each stack that was taken up again."""
    for calls in range(1, 60):
        region = Region(account)
        stack_id = ""
        if made:
            stack_id = region.call("CreateStack", StackName="cut", TemplateBody=body, Capabilities=IAM)["StackId"]
            assert region.settled(stack_id) == "CREATE_COMPLETE"
        region.cut_off_after(calls)
        if made:
            operation(region, stack_id)
        else:
            stack_id = region.call("CreateStack", StackName="cut", TemplateBody=body, Capabilities=IAM)["StackId"]
        if region.settled(stack_id):
            region.cut_off_after(-1)
            region.call("DeleteStack", StackName=stack_id)
            region.settled(stack_id)
            return
        region.service.close()
        again = Region(account, region.cut_state)
        status = again.settled(stack_id)
        events = again.call("DescribeStackEvents", StackName=stack_id)["StackEvents"]
        reasons = [each["ResourceStatusReason"] for each in events if "ResourceStatusReason" in each]
        yield status if "FAILED" not in status and "ROLLBACK" not in status else f"{status}: {reasons}"
        again.call("DeleteStack", StackName=stack_id)
        assert again.settled(stack_id) == "DELETE_COMPLETE"
    pytest.fail("the operation never came to its end")


def test_a_creation_is_ended_and_leaves_nothing_twice(account: Any) -> None:
    before = left_behind(account)

    for number, status in enumerate(operations_cut_off(account, lambda _region, _stack: None, made=False), 1):
        assert (number, status) == (number, "CREATE_COMPLETE")

    assert left_behind(account) == before


def test_an_update_is_ended_and_leaves_nothing_of_what_it_replaced(account: Any) -> None:
    before = left_behind(account)

    def update(region: Region, stack_id: str) -> None:
        region.call("UpdateStack", StackName=stack_id, TemplateBody=NEW, Capabilities=IAM)

    for number, status in enumerate(operations_cut_off(account, update, made=True), 1):
        assert (number, status) == (number, "UPDATE_COMPLETE")

    assert left_behind(account) == before


def test_a_deletion_is_ended(account: Any) -> None:
    before = left_behind(account)

    def delete(region: Region, stack_id: str) -> None:
        region.call("DeleteStack", StackName=stack_id)

    for number, status in enumerate(operations_cut_off(account, delete, made=True), 1):
        assert (number, status) == (number, "DELETE_COMPLETE")

    assert left_behind(account) == before


def test_a_replacement_that_fails_leaves_what_it_was_to_replace(account: Any) -> None:
    region = Region(account)
    stack_id = region.create(vpc("10.0.0.0/16"))
    before = region.physical_id(stack_id, "Vpc")
    region.refuse("create_vpc", "VpcLimitExceeded")

    assert region.update(stack_id, vpc("10.1.0.0/16")) == "UPDATE_ROLLBACK_COMPLETE"

    assert region.physical_id(stack_id, "Vpc") == before
    assert account.ec2.describe_vpcs(VpcIds=[before])["Vpcs"]


def test_a_replacement_that_is_cut_off_and_fails_leaves_what_it_was_to_replace(account: Any) -> None:
    region = Region(account)
    stack_id = region.create(vpc("10.0.0.0/16"))
    before = region.physical_id(stack_id, "Vpc")
    region.cut_off_after(1)
    region.call("UpdateStack", StackName=stack_id, TemplateBody=vpc("10.1.0.0/16"))
    assert region.settled(stack_id) == ""
    region.service.close()

    again = Region(account, region.cut_state, refused={"create_vpc": ["VpcLimitExceeded"]})

    assert again.settled(stack_id) == "UPDATE_ROLLBACK_COMPLETE"
    assert [each["VpcId"] for each in account.ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"]] == [before]


def vpc(cidr: str) -> str:
    return json.dumps({"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}}}})


def test_only_a_creation_without_rollback_is_mended_by_an_update(account: Any) -> None:
    region = Region(account, refused={"create_vpc": ["VpcLimitExceeded"] * 2})
    stays = region.create(vpc("10.0.0.0/16"), "stays", OnFailure="DO_NOTHING")
    mended = region.create(vpc("10.0.0.0/16"), "mended", DisableRollback=True)

    with pytest.raises(ServiceError, match=r"cannot be updated from \[CREATE_FAILED\] state because it contains"):
        region.update(stays, vpc("10.0.0.0/16"))
    assert region.update(mended, vpc("10.0.0.0/16")) == "UPDATE_COMPLETE"
    described = region.call("DescribeStacks", StackName=stays)["Stacks"][0]
    assert described["StackStatusReason"] == "The following resource(s) failed to create: [Vpc]. "


def words(**values: str) -> str:
    declared = {
        n: {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": v}} for n, v in values.items()
    }
    names = list(values)
    for before, name in pairwise(names):
        declared[name]["DependsOn"] = before
    return json.dumps({"Resources": declared})


def made(region: Region, body: str, **more: Any) -> str:
    stack_id = str(region.call("CreateStack", StackName="words", TemplateBody=body, **more)["StackId"])
    region.settled(stack_id)
    return stack_id


def values_of(account: Any) -> list[str]:
    ssm = account.client("ssm")
    names = sorted(each["Name"] for each in ssm.describe_parameters()["Parameters"])
    return [ssm.get_parameter(Name=each)["Parameter"]["Value"] for each in names]


def test_tries_a_throttled_call_again(account: Any) -> None:
    region = Region(account, clock=Clock(pause=lambda _cancelled, _seconds: None))
    region.refuse("put_parameter", "ThrottlingException", "ThrottlingException")

    assert region.status(made(region, words(A="a"))) == "CREATE_COMPLETE"


def test_names_the_service_and_its_code_when_it_refuses(account: Any) -> None:
    region = Region(account)
    region.refuse("put_parameter", "AccessDeniedException")

    stack_id = made(region, words(A="a"))

    events = region.call("DescribeStackEvents", StackName=stack_id)["StackEvents"]
    (failed,) = [each for each in events if each["ResourceStatus"] == "CREATE_FAILED"]
    assert 'message: "refused (Service: Ssm,' in failed["ResourceStatusReason"]
    assert "HandlerErrorCode: AccessDenied" in failed["ResourceStatusReason"]


def test_goes_on_with_a_rollback_that_failed(account: Any) -> None:
    region, stack_id = rollback_failed(account)
    with pytest.raises(ServiceError, match=r"Nobody\] did not fail to be rolled back"):
        region.call("ContinueUpdateRollback", StackName=stack_id, ResourcesToSkip=["Nobody"])

    region.call("ContinueUpdateRollback", StackName=stack_id)

    assert region.settled(stack_id) == "UPDATE_ROLLBACK_COMPLETE"
    assert values_of(account) == ["old", "old"]


def test_skips_what_cannot_be_rolled_back(account: Any) -> None:
    region, stack_id = rollback_failed(account)

    region.call("ContinueUpdateRollback", StackName=stack_id, ResourcesToSkip=["A"])

    assert region.settled(stack_id) == "UPDATE_ROLLBACK_COMPLETE"
    assert values_of(account) == ["new", "old"]


def rollback_failed(account: Any) -> tuple[Region, str]:
    """A stack in UPDATE_ROLLBACK_FAILED: A was updated, B refused, and A refused when it was put back."""
    region = Region(account)
    stack_id = made(region, words(A="old", B="old"))
    region.refuse("put_parameter", "", "AccessDeniedException", "AccessDeniedException")
    region.call("UpdateStack", StackName=stack_id, TemplateBody=words(A="new", B="new"))
    assert region.settled(stack_id) == "UPDATE_ROLLBACK_FAILED"
    return region, stack_id


def test_gives_a_creation_up_when_its_time_is_over(account: Any) -> None:
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    moments = iter([begun])
    region = Region(account, clock=Clock(now=lambda: next(moments, begun + timedelta(minutes=2))))
    waiting = {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60"},
        },
    }

    stack_id = made(region, json.dumps({"Resources": waiting}), TimeoutInMinutes=1, OnFailure="DO_NOTHING")

    described = region.call("DescribeStacks", StackName=stack_id)["Stacks"][0]
    assert described["StackStatus"] == "CREATE_FAILED"
    assert described["StackStatusReason"] == "Stack creation time exceeded the specified timeout"
