"""Making a stax in a region: from nothing, again, after an interruption, and when it fails."""

import json
import secrets
from collections.abc import Generator, Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, TypeVar

import pytest

from stax.api.create import CreateRequest, create, prepare
from stax.api.destroy import destroy
from stax.api.watch import watch
from stax.aws import cloudformation
from stax.aws.session import connect
from stax.config import Configuration, Surroundings, load
from stax.engine.demolition import census
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Checked, Event, ResourceChanged, StepDetail
from stax.model.plan import CreatePlan
from stax.model.stack import Stack

HERE = Surroundings("jo", lambda: IPv4Address("203.0.113.1"))
EXAMPLE = Path(__file__).parents[2] / "config" / "config.json.example"


def configuration(folder: Path, **changes: str) -> Configuration:
    parameters = [
        {**entry, "ParameterValue": changes.get(entry["ParameterKey"], entry["ParameterValue"])}
        for entry in json.loads(EXAMPLE.read_text())
    ]
    path = folder / "config.json"
    path.write_text(json.dumps(parameters))
    return load(path, surroundings=HERE)


T = TypeVar("T")


def told(story: Generator[Event, None, T]) -> tuple[list[Event], T]:
    """Listen to the end."""
    events: list[Event] = []
    while True:
        try:
            events.append(next(story))
        except StopIteration as end:
            return events, end.value


@pytest.fixture
def site(region: Any) -> Site:
    return Site(connect(region="local", home=region.home, environ={}), region.home)


@pytest.fixture
def name(site: Site) -> Iterator[str]:
    """A name of its own, and nothing of it left afterwards."""
    name = f"test-{secrets.token_hex(4)}"
    yield name
    told(destroy(site, name))


def request_for(name: str, folder: Path, **changes: str) -> CreateRequest:
    return CreateRequest(configuration=configuration(folder, ClusterSize="2", **changes), name=name)


def made(site: Site, request: CreateRequest) -> tuple[list[Event], Stack]:
    _, plan = told(prepare(site, request))
    return told(create(site, request, plan))


def left(site: Site, name: str) -> dict[str, list[str]]:
    return {subject: identifiers for subject, identifiers in census(site.aws, name) if identifiers}


def test_a_stax_is_made_and_is_healthy(site: Site, name: str, tmp_path: Path) -> None:
    events, stack = made(site, request_for(name, tmp_path))

    assert stack.status == "CREATE_COMPLETE"
    assert stack.is_ours
    assert {event.logical_id for event in events if isinstance(event, ResourceChanged)} >= {"Vpc", "Nat1", "Jumpbox"}
    findings = {event.subject: event.finding for event in events if isinstance(event, Checked)}
    assert findings["default route of private subnet 2"] == "carried by nat2"
    assert findings["docker hosts"] == "2 of 2 in service"


def test_the_plan_names_everything_and_makes_nothing(site: Site, name: str, tmp_path: Path) -> None:
    _, plan = told(prepare(site, request_for(name, tmp_path)))

    counts = {quantity.subject: quantity.count for quantity in plan.quantities}
    assert (counts["docker host"], counts["volume"], counts["network interface"]) == (2, 5, 5)
    assert {resource.logical_id for resource in plan.resources} >= {"Vpc", "DockerGroup"}
    assert left(site, name) == {}


def test_made_again_it_is_there_already(site: Site, name: str, tmp_path: Path) -> None:
    request = request_for(name, tmp_path)
    _, first = made(site, request)

    _, second = made(site, request)

    assert second.stack_id == first.stack_id


def test_made_again_with_another_size_is_refused(site: Site, name: str, tmp_path: Path) -> None:
    made(site, request_for(name, tmp_path))

    with pytest.raises(StaxError, match="with another ClusterMaxSize") as caught:
        told(prepare(site, request_for(name, tmp_path, ClusterMaxSize="5")))

    assert f"stax update {name}" in caught.value.hint


def interrupted(site: Site, request: CreateRequest, plan: CreatePlan, *, after: int) -> bool:
    """Let a create tell so many events, then end it as Ctrl-C does; say whether it had ended by itself."""
    story = create(site, request, plan)
    for _ in range(after):
        if next(story, None) is None:
            return True
    story.close()
    return False


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8, 12, 20])
def test_interrupted_anywhere_the_same_command_goes_on(site: Site, name: str, tmp_path: Path, after: int) -> None:
    request = request_for(name, tmp_path)
    _, plan = told(prepare(site, request))
    interrupted(site, request, plan, after=after)

    _, stack = made(site, request)

    assert stack.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("after", [1, 3, 6, 12])
def test_interrupted_anywhere_destroy_leaves_nothing(site: Site, name: str, tmp_path: Path, after: int) -> None:
    request = request_for(name, tmp_path)
    _, plan = told(prepare(site, request))
    interrupted(site, request, plan, after=after)

    told(destroy(site, name))

    assert left(site, name) == {}


def test_without_a_name_an_interrupted_create_is_taken_up(site: Site, tmp_path: Path) -> None:
    request = request_for("", tmp_path)
    _, plan = told(prepare(site, request))
    interrupted(site, request, plan, after=4)

    _, again = told(prepare(site, request))

    assert again.name == plan.name
    told(destroy(site, plan.name))
    assert told(prepare(site, request))[1].name != plan.name


def test_detached_it_returns_at_once_and_watch_takes_it_up(site: Site, name: str, tmp_path: Path) -> None:
    request = request_for(name, tmp_path)
    _, plan = told(prepare(site, request))
    told(create(site, request, plan, detach=True))

    events, stack = told(watch(site, name))

    assert stack.status == "CREATE_COMPLETE"
    assert [event for event in events if isinstance(event, ResourceChanged)]


BROKEN = """
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.183.0.0/16, Tags: [{Key: 'stax:name', Value: !Ref AWS::StackName}]}
  Elsewhere:
    Type: AWS::EC2::Subnet
    Properties: {CidrBlock: 192.168.0.0/24, VpcId: !Ref Network}
"""


def broken_request(name: str, folder: Path, **more: Any) -> CreateRequest:
    template = folder / "broken.yaml"
    template.write_text(BROKEN)
    return CreateRequest(configuration=configuration(folder), name=name, template=template, **more)


def test_a_failure_names_its_first_cause_and_leaves_nothing(site: Site, name: str, tmp_path: Path) -> None:
    with pytest.raises(StaxError, match="Elsewhere") as caught:
        made(site, broken_request(name, tmp_path))

    assert "everything is gone again" in caught.value.hint
    assert left(site, name) == {}


def test_a_failure_can_be_kept_and_is_cleared_by_the_next_create(site: Site, name: str, tmp_path: Path) -> None:
    with pytest.raises(StaxError, match="Elsewhere"):
        made(site, broken_request(name, tmp_path, keep_on_failure=True))
    assert left(site, name)["VPCs"]

    _, stack = made(site, request_for(name, tmp_path))

    assert stack.status == "CREATE_COMPLETE"


def test_a_template_that_cloudformation_refuses_leaves_nothing(site: Site, name: str, tmp_path: Path) -> None:
    template = tmp_path / "unknown.yaml"
    template.write_text("Resources: {Thing: {Type: 'AWS::Nothing::AtAll'}}")
    request = CreateRequest(configuration=configuration(tmp_path), name=name, template=template)

    with pytest.raises(StaxError, match="AWS::Nothing::AtAll"):
        made(site, request)

    assert left(site, name) == {}


def test_a_stack_that_is_not_ours_is_refused_and_left_alone(site: Site, region: Any, tmp_path: Path) -> None:
    name = f"theirs-{secrets.token_hex(4)}"
    template = "Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.9.0.0/16}}}"
    region.client("cloudformation").create_stack(StackName=name, TemplateBody=template)

    with pytest.raises(StaxError, match="not made by stax"):
        told(prepare(site, request_for(name, tmp_path)))
    with pytest.raises(StaxError, match="not made by stax"):
        told(destroy(site, name))

    assert cloudformation.find_stack(site.aws, name)
    region.client("cloudformation").delete_stack(StackName=name)


def test_two_stax_stand_side_by_side(site: Site, name: str, tmp_path: Path) -> None:
    other = f"{name}-b"
    made(site, request_for(name, tmp_path))
    made(site, request_for(other, tmp_path))

    told(destroy(site, other))

    assert left(site, other) == {}
    assert left(site, name)["stacks"]


def test_nothing_secret_is_told(site: Site, name: str, tmp_path: Path) -> None:
    events, _ = made(site, request_for(name, tmp_path))

    text = " ".join(event.text for event in events if isinstance(event, StepDetail))
    assert site.aws.endpoint.secret_access_key not in text
    assert "PRIVATE KEY" not in text
