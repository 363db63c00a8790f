"""Requests that are wrong are refused by name before anything is made."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17"}}}


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ({"A": {"Type": "AWS::Nope::Thing"}}, r"Unrecognized resource types: \[AWS::Nope::Thing\]"),
        ({"A": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlok": "x"}}},
         r"extraneous key \[CidrBlok\] is not permitted"),
        ({"A": {"Type": "AWS::EC2::VPC"}}, r"required key \[CidrBlock\] not found"),
        ({"A": ROLE}, r"InsufficientCapabilitiesException.*Requires capabilities : \[CAPABILITY_IAM\]"),
        ("Resources: {A: &a {Type: x}, B: *a}", "YAML aliases are not allowed"),
        ("Resources: [", "YAML not well-formed"),
        ("x" * 51_201, "less than or equal to 51200"),
        ("Resources: {A: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !GetAtt A.Nope}}}", "Circular dependency"),
    ],
)  # fmt: skip
def test_refuses_a_wrong_template(stacks: Any, resources: Any, problem: str) -> None:
    name = stacks.name()
    with pytest.raises(ClientError, match=problem):
        stacks.begin(resources, name=name)

    with pytest.raises(ClientError, match=f"Stack with id {name} does not exist"):
        stacks.describe(name)


@pytest.mark.parametrize("name", ["1st", "under_score", "a" * 129, "ümlaut"])
def test_refuses_a_name_that_no_stack_can_have(stacks: Any, name: str) -> None:
    with pytest.raises(ClientError, match=r"ValidationError|must satisfy|length"):
        stacks.begin({"Vpc": stacks.vpc()}, name=name)


def test_refuses_an_attribute_that_a_resource_does_not_have(stacks: Any) -> None:
    template = {"Resources": {"Vpc": stacks.vpc()}, "Outputs": {"X": {"Value": {"Fn::GetAtt": ["Vpc", "Nope"]}}}}
    with pytest.raises(ClientError, match="resource Vpc does not support attribute type Nope in Fn::GetAtt"):
        stacks.begin(template)


def test_refuses_an_image_that_does_not_exist(stacks: Any) -> None:
    template = {"Parameters": {"Image": {"Type": "AWS::EC2::Image::Id"}}, "Resources": {"Vpc": stacks.vpc()}}
    with pytest.raises(ClientError, match="parameter value ami-0 for parameter name Image does not exist"):
        stacks.begin(template, parameters={"Image": "ami-0"})


def test_reads_a_template_from_a_bucket(stacks: Any) -> None:
    s3 = stacks.region.client("s3")
    s3.create_bucket(Bucket="templates-of-tests")
    s3.put_object(Bucket="templates-of-tests", Key="a/b.json", Body=json.dumps({"Resources": {"Vpc": stacks.vpc()}}))
    urls = [
        "https://templates-of-tests.s3.amazonaws.com/a/b.json",
        "https://templates-of-tests.s3.us-east-1.amazonaws.com/a/b.json",
        "https://s3.us-east-1.amazonaws.com/templates-of-tests/a/b.json",
        f"{stacks.region.endpoint_url}/templates-of-tests/a/b.json",
    ]

    for url in urls:
        assert stacks.cloudformation.get_template_summary(TemplateURL=url)["ResourceTypes"] == ["AWS::EC2::VPC"]
    with pytest.raises(ClientError, match="S3 error"):
        stacks.cloudformation.validate_template(TemplateURL=f"{urls[0]}.nope")
    with pytest.raises(ClientError, match="TemplateURL must be a supported URL"):
        stacks.cloudformation.validate_template(TemplateURL="ftp://somewhere/x")


def test_says_what_a_template_declares(stacks: Any) -> None:
    parameters = {"Secret": {"Type": "String", "NoEcho": True, "Default": "x", "Description": "d"}}
    body = json.dumps({"Description": "what", "Parameters": parameters, "Resources": {"Role": ROLE}})

    valid = stacks.cloudformation.validate_template(TemplateBody=body)

    assert valid["Description"] == "what"
    assert valid["Capabilities"] == ["CAPABILITY_IAM"]
    assert valid["Parameters"] == [
        {"ParameterKey": "Secret", "DefaultValue": "****", "NoEcho": True, "Description": "d"}
    ]


def test_says_which_stack_or_change_set_does_not_exist(stacks: Any) -> None:
    cloudformation = stacks.cloudformation
    with pytest.raises(ClientError, match=r"Stack \[nobody\] does not exist"):
        cloudformation.describe_stack_events(StackName="nobody")
    with pytest.raises(ClientError, match=r"Stack \[nobody\] does not exist"):
        cloudformation.update_stack(StackName="nobody", TemplateBody="{}")
    with pytest.raises(ClientError, match="Stack with id nobody does not exist"):
        cloudformation.get_template(StackName="nobody")
    stack = stacks.create({"Vpc": stacks.vpc()})
    with pytest.raises(ClientError, match=r"ChangeSet \[nobody\] does not exist"):
        cloudformation.describe_change_set(StackName=stack["StackName"], ChangeSetName="nobody")
    with pytest.raises(ClientError, match="Resource Nobody does not exist for stack"):
        cloudformation.describe_stack_resource(StackName=stack["StackName"], LogicalResourceId="Nobody")
    assert cloudformation.delete_stack(StackName="nobody")


def test_tells_what_was_changed_by_hand(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(EnableDnsHostnames=True), "Gone": stacks.parameter("x")})
    vpc_id, name = stacks.physical_id(stack, "Vpc"), stacks.physical_id(stack, "Gone")
    stacks.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": False})
    stacks.region.client("ssm").delete_parameter(Name=name)
    cloudformation = stacks.cloudformation

    detection = cloudformation.detect_stack_drift(StackName=stack["StackName"])["StackDriftDetectionId"]

    status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
    drifts = cloudformation.describe_stack_resource_drifts(StackName=stack["StackName"])["StackResourceDrifts"]
    assert (status["DetectionStatus"], status["StackDriftStatus"]) == ("DETECTION_COMPLETE", "DRIFTED")
    assert [(each["LogicalResourceId"], each["StackResourceDriftStatus"]) for each in drifts] == [
        ("Gone", "DELETED"),
        ("Vpc", "MODIFIED"),
    ]
    assert drifts[1]["PropertyDifferences"] == [
        {
            "PropertyPath": "/EnableDnsHostnames",
            "ExpectedValue": "true",
            "ActualValue": "false",
            "DifferenceType": "NOT_EQUAL",
        }
    ]
    assert stacks.describe(stack["StackName"])["DriftInformation"]["StackDriftStatus"] == "DRIFTED"
