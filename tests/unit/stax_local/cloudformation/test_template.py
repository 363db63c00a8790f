import json
from typing import Any

import pytest

from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.template import parse

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def text(resources: Any = None, **sections: Any) -> str:
    return json.dumps({"Resources": resources or {"Vpc": VPC}, **sections})


WRONG = {
    '{"Resources": {}}': "At least one Resources member must be defined",
    text(Resource={}): r"Invalid template property or properties \[Resource\]",
    text(AWSTemplateFormatVersion="2012"): "unsupported value for AWSTemplateFormatVersion",
    text(Transform="AWS::Serverless-2016-10-31"): "Transform AWS::Serverless-2016-10-31 is not served here",
    text(Parameters=[1]): "Parameters section must be an object",
    text({"My-Vpc": VPC}): "Resource name My-Vpc is non alphanumeric",
    text({"Vpc": "x"}): r"\[/Resources/Vpc\] must be an object",
    text({"Vpc": {}}): "Every Resources object must contain a Type member",
    text({"Vpc": {**VPC, "Propertys": {}}}): "Invalid template resource property 'Propertys'",
    text({"Vpc": {**VPC, "DeletionPolicy": "Keep"}}): "Unrecognized DeletionPolicy Keep",
    text({"Vpc": {**VPC, "DependsOn": [1]}}): "DependsOn must be a string or a list of strings",
    text({"Vpc": {**VPC, "DependsOn": "Nobody"}}): r"Unresolved resource dependencies \[Nobody\] in the Resources",
    text({"Vpc": {**VPC, "Condition": "Nobody"}}): r"Unresolved condition dependency \[Nobody\]",
    text({"A": {**VPC, "DependsOn": "B"}, "B": {**VPC, "DependsOn": "A"}}): r"Circular dependency.*\[A, B\]",
    text(Outputs={"X": {"Value": {"Ref": "Nobody"}}}): r"Unresolved resource dependencies \[Nobody\] in the Outputs",
    text(Outputs={"X": {}}): "Output X is malformed",
    text(Conditions={"C": {"Fn::Equals": [{"Ref": "Vpc"}, 1]}}): "Cannot reference resources in the Conditions block",
    text(Conditions={"C": {"Condition": "D"}, "D": {"Condition": "C"}}): r"Circular dependency.*\[C, D\]",
    text({"A": {**VPC, "Properties": {"CidrBlock": {"Fn::GetAtt": ["P", "X"]}}}}, Parameters={"P": {}}): (
        "Fn::GetAtt references undefined resource P"
    ),
    text({"V": {**VPC, "Properties": {"CidrBlock": "{{resolve:ssm:cidr:1}}"}}}): (
        r"dynamic reference \{\{resolve:ssm:\.\.\.\}\} in \[/Resources/V\] is not served here"
    ),
    text({"V": {**VPC, "Properties": {"Tags": [{"Fn::Sub": "a {{resolve:secretsmanager:${AWS::Region}}}"}]}}}): (
        r"dynamic reference \{\{resolve:secretsmanager:\.\.\.\}\}"
    ),
    text(Outputs={"X": {"Value": "{{resolve:ssm-secure:x}}"}}): r"\{\{resolve:ssm-secure:\.\.\.\}\} in \[/Outputs\]",
    text({f"V{n}": VPC for n in range(501)}): "Number of resources, 501, is greater than maximum allowed, 500",
}


@pytest.mark.parametrize("template", WRONG)
def test_says_what_is_wrong(template: str) -> None:
    with pytest.raises(TemplateError, match=WRONG[template]):
        parse(template)


def test_reads_what_a_resource_says_of_itself() -> None:
    declared = {**VPC, "DependsOn": "B", "DeletionPolicy": "Retain", "Metadata": {"a": 1}, "Description": "d"}

    resource = parse(text({"A": declared, "B": VPC})).resources["A"]

    assert (resource.type, resource.depends_on, resource.deletion_policy) == ("AWS::EC2::VPC", ("B",), "Retain")
    assert (resource.metadata, resource.description) == ({"a": 1}, "d")


def test_a_condition_of_a_policy_document_is_not_one_of_the_template() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Condition": {"StringEquals": {"a": "b"}}}
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": "b", "PolicyDocument": {"Statement": statement}},
    }

    assert parse(text({"Policy": policy})).resources


@pytest.mark.parametrize(
    ("kind", "properties", "needed"),
    [
        ("EC2::VPC", {}, []),
        ("IAM::Role", {}, ["CAPABILITY_IAM"]),
        ("IAM::Role", {"RoleName": "x"}, ["CAPABILITY_NAMED_IAM"]),
        ("IAM::RolePolicy", {"RoleName": "x", "PolicyName": "y"}, ["CAPABILITY_IAM"]),
        ("IAM::ManagedPolicy", {"ManagedPolicyName": "x"}, ["CAPABILITY_NAMED_IAM"]),
    ],
)
def test_knows_which_capability_it_needs(kind: str, properties: Any, needed: list[str]) -> None:
    assert parse(text({"A": {"Type": f"AWS::{kind}", "Properties": properties}})).capabilities() == needed
