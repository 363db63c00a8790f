"""The declarations of resource types, held against the schemas that AWS publishes (as cfn-lint carries them)."""

from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from stax_local.cloudformation.resources import TYPES
from stax_local.cloudformation.shapes import Effect

DOCUMENTED_OTHERWISE = {
    ("AWS::CloudFormation::WaitCondition", "Handle"),
    ("AWS::CloudFormation::WaitCondition", "Timeout"),
    ("AWS::EC2::Route", "DestinationCidrBlock"),
    ("AWS::EC2::SecurityGroupIngress", "GroupId"),
    ("AWS::EC2::Subnet", "CidrBlock"),
    ("AWS::EC2::VPC", "CidrBlock"),
    ("AWS::EC2::VPCGatewayAttachment", "InternetGatewayId"),
}
"""Optional in the schema for the sake of what is not served here (IPAM, IPv6, VPN …), or required only in words."""


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema
    return found


def names(found: dict[str, Any], key: str) -> set[str]:
    return {each.removeprefix("/properties/").split("/")[0] for each in found.get(key, []) if each.count("/") == 2}


@pytest.mark.parametrize("name", TYPES)
def test_declares_no_property_or_attribute_that_aws_does_not_have(name: str) -> None:
    found = schema(name)

    assert TYPES[name].properties.keys() <= found["properties"].keys() - (
        names(found, "readOnlyProperties") - names(found, "createOnlyProperties")
    )
    assert {each.split(".")[0] for each in TYPES[name].attributes} <= found["properties"].keys()


@pytest.mark.parametrize("name", TYPES)
def test_requires_what_aws_requires(name: str) -> None:
    found = schema(name)
    required = {key for key, each in TYPES[name].properties.items() if each.required}

    assert set(found.get("required", [])) <= required
    assert {(name, key) for key in required - set(found.get("required", []))} <= DOCUMENTED_OTHERWISE


@pytest.mark.parametrize("name", TYPES)
def test_replaces_what_aws_replaces(name: str) -> None:
    found = schema(name)
    always, perhaps = names(found, "createOnlyProperties"), names(found, "conditionalCreateOnlyProperties")

    for key, each in TYPES[name].properties.items():
        replaced = each.effect is Effect.REPLACES
        assert replaced or key not in always, key
        assert not replaced or key in always | perhaps, key
