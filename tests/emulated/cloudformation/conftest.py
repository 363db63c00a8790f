"""Stacks as the tests speak of them: made, waited for, their story read; and pieces of templates."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

PATIENCE_S = 30.0


class Stacks:
    """A region's CloudFormation, with the waiting built in."""

    def __init__(self, region: Any, prefix: str) -> None:
        self.cloudformation = region.client("cloudformation")
        self.ec2 = region.client("ec2")
        self.region = region
        self._prefix = prefix
        self._count = 0

    def name(self) -> str:
        self._count += 1
        return f"{self._prefix}-{self._count}-{uuid.uuid4().hex[:4]}"

    def begin(self, resources: Any, *, name: str = "", parameters: Any = None, **request: Any) -> str:
        """Ask for a stack; return its id."""
        arguments = {**body(resources), **given(parameters), **request}
        return str(self.cloudformation.create_stack(StackName=name or self.name(), **arguments)["StackId"])

    def create(self, resources: Any, **request: Any) -> dict[str, Any]:
        """Ask for a stack; return it as it is when it rests."""
        return self.settled(self.begin(resources, **request))

    def update(self, stack: Mapping[str, Any], resources: Any, *, parameters: Any = None, **request: Any) -> Any:
        arguments = {**body(resources), **given(parameters), **request}
        self.cloudformation.update_stack(StackName=stack["StackId"], **arguments)
        return self.settled(stack["StackId"])

    def delete(self, stack: Mapping[str, Any], **request: Any) -> dict[str, Any]:
        self.cloudformation.delete_stack(StackName=stack["StackId"], **request)
        return self.settled(stack["StackId"])

    def describe(self, name: str) -> dict[str, Any]:
        described: dict[str, Any] = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        return described

    def settled(self, name: str) -> dict[str, Any]:
        return self.until(name, lambda stack: not stack["StackStatus"].endswith("_IN_PROGRESS"))

    def until(self, name: str, holds: Any) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while not holds(stack := self.describe(name)):
            assert time.monotonic() < deadline, f"{name} is still {stack['StackStatus']}: {self.story(name)}"
            time.sleep(0.01)
        return stack

    def until_resource(self, name: str, logical_id: str, status: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while (logical_id, status) not in self.story(name):
            assert time.monotonic() < deadline, f"{logical_id} did not become {status}: {self.story(name)}"
            time.sleep(0.01)

    def events(self, name: str) -> list[dict[str, Any]]:
        """All events, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        return [event for page in pages for event in page["StackEvents"]][::-1]

    def story(self, name: str) -> list[tuple[str, str]]:
        return [(each["LogicalResourceId"], each["ResourceStatus"]) for each in self.events(name)]

    def reason(self, name: str, logical_id: str, status: str) -> str:
        """The reason of the last event of a kind."""
        found = [e for e in self.events(name) if (e["LogicalResourceId"], e["ResourceStatus"]) == (logical_id, status)]
        return str(found[-1].get("ResourceStatusReason", ""))

    def physical_id(self, stack: Mapping[str, Any], logical_id: str) -> str:
        answer = self.cloudformation.describe_stack_resource(StackName=stack["StackId"], LogicalResourceId=logical_id)
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    def status(self, stack: Mapping[str, Any], logical_id: str) -> str:
        answer = self.cloudformation.describe_stack_resource(StackName=stack["StackId"], LogicalResourceId=logical_id)
        return str(answer["StackResourceDetail"]["ResourceStatus"])

    def change_set(self, stack: Mapping[str, Any], resources: Any, *, parameters: Any = None, **request: Any) -> Any:
        """Make a change set; return it with property values."""
        arguments = {**body(resources), **given(parameters), **request}
        name = self.name()
        self.cloudformation.create_change_set(StackName=stack["StackName"], ChangeSetName=name, **arguments)
        return self.cloudformation.describe_change_set(
            StackName=stack["StackName"], ChangeSetName=name, IncludePropertyValues=True
        )

    @staticmethod
    def vpc(cidr: str = "10.0.0.0/16", **more: Any) -> dict[str, Any]:
        return {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr, **more}}

    @staticmethod
    def subnet(cidr: str = "10.0.0.0/24", of: str = "Vpc", **more: Any) -> dict[str, Any]:
        return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": of}, "CidrBlock": cidr, **more}}

    @staticmethod
    def parameter(value: Any, **more: Any) -> dict[str, Any]:
        return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, **more}}

    @property
    def broken(self) -> dict[str, Any]:
        """A subnet outside of its VPC: EC2 refuses it."""
        return self.subnet("172.16.0.0/24")

    @property
    def waiting(self) -> dict[str, Any]:
        """Waits until something is PUT to the handle's URL."""
        properties = {"Handle": {"Ref": "Handle"}, "Timeout": "20", "Count": 1}
        return {
            "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": properties},
        }

    def exists(self, vpc_id: str) -> bool:
        try:
            return bool(self.ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"])
        except ClientError:
            return False


def body(resources: Any) -> dict[str, str]:
    """A request's template: text as it is, a mapping as its Resources unless it is a whole template."""
    if isinstance(resources, str):
        return {"TemplateBody": resources}
    return {"TemplateBody": json.dumps(resources if "Resources" in resources else {"Resources": resources})}


def given(parameters: Mapping[str, str] | None) -> dict[str, Any]:
    if parameters is None:
        return {}
    return {"Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]}


@pytest.fixture
def stacks(region: Any, request: pytest.FixtureRequest) -> Stacks:
    return Stacks(region, request.node.originalname.replace("_", "-")[5:95])
