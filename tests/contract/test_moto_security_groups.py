"""Security group rules, as EC2 answers."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import default_groups, security_groups

mends = pytest.mark.mends(security_groups.PATCH)


class Group:
    def __init__(self, account: Any) -> None:
        self.ec2 = account.ec2
        made = self.ec2.create_security_group(GroupName="mine", Description="of a test", VpcId=account.vpc())
        self.id = made["GroupId"]

    def allow(self, *permissions: dict[str, Any]) -> Any:
        return self.ec2.authorize_security_group_ingress(GroupId=self.id, IpPermissions=list(permissions))

    @property
    def permissions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ec2.describe_security_groups(GroupIds=[self.id])["SecurityGroups"][0][
            "IpPermissions"
        ]
        return found


def permission(protocol: str, *ports: int, block: str = "10.0.0.0/8") -> dict[str, Any]:
    named = {"FromPort": ports[0], "ToPort": ports[-1]} if ports else {}
    return {"IpProtocol": protocol, "IpRanges": [{"CidrIp": block}], **named}


@mends
def test_a_protocol_without_ports_needs_none(account: Any) -> None:
    group = Group(account)

    group.allow(permission("112"))

    (allowed,) = group.permissions
    assert allowed["IpProtocol"] == "112"
    assert "FromPort" not in allowed


@mends
@pytest.mark.parametrize("wrong", [permission("tcp"), permission("udp", 80, 70000), permission("tcp", 90, 80)])
def test_wrong_ports_are_refused(account: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="portRange"):
        Group(account).allow(wrong)


@mends
def test_blocks_are_made_canonical(account: Any) -> None:
    group = Group(account)

    group.allow(permission("tcp", 22, block="10.1.2.3/8"))

    assert group.permissions[0]["IpRanges"] == [{"CidrIp": "10.0.0.0/8"}]


@mends
def test_of_several_permissions_all_are_allowed_or_none(account: Any) -> None:
    group = Group(account)
    group.allow(permission("tcp", 22))

    with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate"):
        group.allow(permission("tcp", 80), permission("tcp", 22))

    assert [allowed["FromPort"] for allowed in group.permissions] == [22]


@mends
def test_the_answer_names_every_rule_that_was_made(account: Any) -> None:
    answer = Group(account).allow(permission("tcp", 80), permission("tcp", 443))

    assert sorted(rule["FromPort"] for rule in answer["SecurityGroupRules"]) == [80, 443]


@mends
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"VpcId": "vpc-0123456789abcdef0"}, r"InvalidVpcID\.NotFound"),
        ({"Description": "für Gäste"}, "groupDescription"),
        ({"Description": "x" * 256}, "groupDescription"),
        ({"GroupName": "sg-mine"}, "groupName"),
    ],
)
def test_a_group_that_cannot_be_is_refused(account: Any, wrong: dict[str, str], code: str) -> None:
    asked = {"GroupName": "mine", "Description": "of a test", "VpcId": account.vpc(), **wrong}
    before = len(account.ec2.describe_security_groups()["SecurityGroups"])

    with pytest.raises(ClientError, match=code):
        account.ec2.create_security_group(**asked)

    assert len(account.ec2.describe_security_groups()["SecurityGroups"]) == before


def test_what_is_allowed_can_be_taken_back(account: Any) -> None:
    group = Group(account)
    group.allow(permission("tcp", 22, block="10.1.2.3/8"))

    group.ec2.revoke_security_group_ingress(GroupId=group.id, IpPermissions=[permission("tcp", 22, block="10.0.0.0/8")])

    assert group.permissions == []


@pytest.mark.mends(default_groups.PATCH)
def test_a_vpc_is_born_with_a_group_whose_members_reach_one_another(account: Any) -> None:
    in_vpc = [{"Name": "vpc-id", "Values": [account.vpc()]}]
    (group,) = account.ec2.describe_security_groups(Filters=in_vpc)["SecurityGroups"]

    (rule,) = group["IpPermissions"]
    assert rule["IpProtocol"] == "-1"
    assert [each["GroupId"] for each in rule["UserIdGroupPairs"]] == [group["GroupId"]]


@mends
@pytest.mark.parametrize(
    ("permission", "code"),
    [
        ({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2}, "MissingParameter"),
        ({"IpProtocol": "carrier-pigeon", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "InvalidParameterValue"),
    ],
)
def test_a_rule_says_from_whom_and_by_what(account: Any, permission: dict[str, Any], code: str) -> None:
    made = account.ec2.create_security_group(GroupName="mine", Description="of a test", VpcId=account.vpc())

    with pytest.raises(ClientError, match=code):
        account.ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[permission])
