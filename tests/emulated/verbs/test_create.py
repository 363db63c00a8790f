"""Making a stax in a region: from nothing, again, after an interruption, and when it fails."""

import secrets
from dataclasses import replace
from typing import Any

import pytest

from stax.api.create import create
from stax.aws import cloudformation
from stax.errors import StaxError


def test_a_stax_is_made_and_is_healthy(operator: Any, name: str) -> None:
    stack = operator.creates(operator.wants(name))

    assert stack.status == "CREATE_COMPLETE"
    assert stack.is_ours
    assert set(operator.heard_resources()) >= {"Vpc", "Nat1", "Nat2", "Jumpbox", "DockerGroup"}
    findings = operator.heard_findings()
    assert findings["default route of private subnet 2"] == "carried by nat2"
    assert findings["docker hosts"] == "2 of 2 in service"


def test_the_plan_names_everything_and_makes_nothing(operator: Any, name: str) -> None:
    plan = operator.plans(operator.wants(name))

    counts = {quantity.subject: quantity.count for quantity in plan.quantities}
    assert (counts["docker host"], counts["volume"], counts["network interface"]) == (2, 5, 5)
    assert {resource.logical_id for resource in plan.resources} >= {"Vpc", "DockerGroup"}
    assert operator.left(name) == {}


def test_made_again_it_is_there_already(operator: Any, name: str) -> None:
    first = operator.creates(operator.wants(name))

    assert operator.creates(operator.wants(name)).stack_id == first.stack_id


def test_made_again_with_another_size_is_refused(operator: Any, name: str) -> None:
    operator.creates(operator.wants(name))

    with pytest.raises(StaxError, match="with another ClusterMaxSize") as caught:
        operator.plans(operator.wants(name, ClusterMaxSize="5"))

    assert f"stax update {name}" in caught.value.hint


@pytest.mark.parametrize("told", [1, 4, 8, 20])
def test_interrupted_anywhere_the_same_command_goes_on(operator: Any, name: str, told: int) -> None:
    operator.creates_until(operator.wants(name), told=told)

    assert operator.creates(operator.wants(name)).status == "CREATE_COMPLETE"


@pytest.mark.parametrize("told", [3, 9])
def test_interrupted_anywhere_destroy_leaves_nothing(operator: Any, name: str, told: int) -> None:
    operator.creates_until(operator.wants(name), told=told)

    operator.destroys(name)

    assert operator.left(name) == {}


def test_without_a_name_an_interrupted_create_is_taken_up(operator: Any) -> None:
    name = operator.creates_until(operator.wants(""), told=4)

    assert operator.plans(operator.wants("")).name == name
    operator.destroys(name)
    assert operator.plans(operator.wants("")).name != name


def test_without_a_name_it_goes_on_though_the_stack_came_to_its_end_meanwhile(operator: Any, elsewhere: Any) -> None:
    name = operator.creates_until(operator.wants(""), told=20)
    elsewhere.watches(name)

    assert operator.creates(operator.wants("")).name == name
    assert operator.plans(operator.wants("")).name != name
    operator.destroys(name)


def test_a_create_that_was_watched_to_its_end_is_not_taken_up_again(operator: Any) -> None:
    name = operator.creates_until(operator.wants(""), told=20)
    operator.watches(name)

    assert operator.plans(operator.wants("")).name != name
    operator.destroys(name)


def test_detached_it_returns_at_once_and_watch_takes_it_up(operator: Any, name: str) -> None:
    request = operator.wants(name)
    operator.listens(create(operator.site, request, operator.plans(request), detach=True))

    assert operator.watches(name).status == "CREATE_COMPLETE"
    assert "Vpc" in operator.heard_resources()


BROKEN = """
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.183.0.0/16, Tags: [{Key: 'stax:name', Value: !Ref AWS::StackName}]}
  Elsewhere:
    Type: AWS::EC2::Subnet
    Properties: {CidrBlock: 192.168.0.0/24, VpcId: !Ref Network}
"""


def test_a_failure_names_its_first_cause_and_leaves_nothing(operator: Any, name: str) -> None:
    with pytest.raises(StaxError, match="Elsewhere") as caught:
        operator.creates(operator.wants(name, operator.template(BROKEN)))

    assert "everything is gone again" in caught.value.hint
    assert operator.left(name) == {}


def test_a_failure_can_be_kept_and_is_cleared_by_the_next_create(operator: Any, name: str) -> None:
    with pytest.raises(StaxError, match="Elsewhere"):
        operator.creates(replace(operator.wants(name, operator.template(BROKEN)), keep_on_failure=True))
    assert operator.left(name)["VPCs"]

    assert operator.creates(operator.wants(name)).status == "CREATE_COMPLETE"


def test_a_template_that_cloudformation_refuses_leaves_nothing(operator: Any, name: str) -> None:
    template = operator.template("Resources: {Thing: {Type: 'AWS::Nothing::AtAll'}}")

    with pytest.raises(StaxError, match="AWS::Nothing::AtAll"):
        operator.creates(operator.wants(name, template))

    assert operator.left(name) == {}


def test_a_stack_that_is_not_ours_is_refused_and_left_alone(operator: Any, region: Any) -> None:
    name = f"theirs-{secrets.token_hex(4)}"
    template = "Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.9.0.0/16}}}"
    region.client("cloudformation").create_stack(StackName=name, TemplateBody=template)

    with pytest.raises(StaxError, match="not made by stax"):
        operator.plans(operator.wants(name))
    with pytest.raises(StaxError, match="not made by stax"):
        operator.destroys(name)

    assert cloudformation.find_stack(operator.site.aws, name)
    region.client("cloudformation").delete_stack(StackName=name)


def test_two_stax_stand_side_by_side(operator: Any, name: str) -> None:
    other = f"{name}-b"
    operator.creates(operator.wants(name))
    operator.creates(operator.wants(other))

    operator.destroys(other)

    assert operator.left(other) == {}
    assert operator.left(name)["stacks"]


def test_nothing_secret_is_told(operator: Any, name: str) -> None:
    operator.creates(operator.wants(name))

    assert operator.site.aws.endpoint.secret_access_key not in operator.heard_text()
    assert "PRIVATE KEY" not in operator.heard_text()
