from typing import Any

import pytest

from stax_local.cloudformation.expressions import UNKNOWN
from stax_local.cloudformation.resources import TYPES

VPC, SUBNET, GROUP = (TYPES[f"AWS::EC2::{name}"] for name in ("VPC", "Subnet", "SecurityGroup"))
INSTANCE = TYPES["AWS::EC2::Instance"]


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({}, "#: required key [CidrBlock] not found"),
        ({"CidrBlock": "x", "Cidr": "y"}, "#: extraneous key [Cidr] is not permitted"),
        ({"CidrBlock": {"a": 1}}, "#/CidrBlock: expected type: String, found: JSONObject"),
        ({"CidrBlock": "x", "EnableDnsSupport": "yes"}, "#/EnableDnsSupport: expected type: Boolean, found: String"),
        ({"CidrBlock": "x", "Tags": {"a": "b"}}, "#/Tags: expected type: JSONArray, found: JSONObject"),
        ({"CidrBlock": "x", "Tags": [{"Key": "a"}]}, "#/Tags/0: required key [Value] not found"),
        (
            {"CidrBlock": "x", "Tags": [{"Key": "a", "Value": "b", "X": 1}]},
            "#/Tags/0: extraneous key [X] is not permitted",
        ),
        (
            {"CidrBlock": "x", "InstanceTenancy": "mine"},
            "#/InstanceTenancy: mine is not a valid enum value; one of default, dedicated, host",
        ),
    ],
)
def test_names_the_place_that_does_not_fit(properties: dict[str, Any], problem: str) -> None:
    assert list(VPC.problems(properties)) == [problem]


def test_takes_numbers_and_truths_as_text() -> None:
    rule = {"IpProtocol": -1, "FromPort": "22", "ToPort": 22, "CidrIp": "10.0.0.0/8"}

    coerced = GROUP.coerced({"GroupDescription": "g", "SecurityGroupIngress": [rule]})

    assert coerced["SecurityGroupIngress"] == [
        {"IpProtocol": "-1", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8"}
    ]
    assert INSTANCE.coerced({"Monitoring": "true", "EbsOptimized": False}) == {
        "Monitoring": True,
        "EbsOptimized": False,
    }


def test_lets_pass_what_is_not_known_yet() -> None:
    properties = {"VpcId": UNKNOWN, "CidrBlock": "x", "Tags": [{"Key": "a", "Value": UNKNOWN}]}

    assert list(SUBNET.problems(properties)) == []
    assert SUBNET.coerced(properties)["VpcId"] is UNKNOWN
