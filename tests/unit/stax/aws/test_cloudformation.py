"""Stacks: what is asked for, and their events in order, once each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from stax.aws.cloudformation import MAXIMUM_BODY_BYTES, EventReader, StackRequest, find_stack, same_again
from stax.aws.endpoints import Endpoint
from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.model.stack import Stack

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def event(number: int, status: str, *, logical_id: str = "Vpc") -> dict[str, Any]:
    return {
        "EventId": str(number),
        "Timestamp": NOW,
        "StackId": "arn:demo",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": "arn:demo" if logical_id == "demo" else "vpc-1",
        "ResourceStatus": status,
    }


class Story(Aws):
    """A stack's events, newest first as CloudFormation gives them."""

    def __init__(self) -> None:
        super().__init__(Endpoint(name="test", region="us-east-1"))
        self.events: list[dict[str, Any]] = []

    def happens(self, status: str, *, logical_id: str = "Vpc") -> None:
        self.events.insert(0, event(len(self.events), status, logical_id=logical_id))

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[Any]:
        yield from self.events


def test_events_are_told_oldest_first_and_once() -> None:
    story = Story()
    reader = EventReader(story, "arn:demo")
    story.happens("CREATE_IN_PROGRESS")
    story.happens("CREATE_COMPLETE")

    assert [each.status for each in reader.read()] == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert reader.read() == []
    story.happens("DELETE_IN_PROGRESS")
    assert [each.status for each in reader.read()] == ["DELETE_IN_PROGRESS"]


def test_what_happened_before_can_be_skipped() -> None:
    story = Story()
    story.happens("CREATE_COMPLETE")
    reader = EventReader(story, "arn:demo")

    reader.skip_to_now()

    assert reader.read() == []


def test_the_last_operation_is_told_from_its_beginning() -> None:
    story = Story()
    for status, logical_id in [
        ("CREATE_IN_PROGRESS", "demo"),
        ("CREATE_COMPLETE", "demo"),
        ("UPDATE_IN_PROGRESS", "demo"),
        ("UPDATE_IN_PROGRESS", "Vpc"),
        ("UPDATE_COMPLETE", "demo"),
    ]:
        story.happens(status, logical_id=logical_id)
    reader = EventReader(story, "arn:demo")

    reader.skip_to_last_operation()

    assert [each.status for each in reader.read()] == ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


class Refusal(Aws):
    """CloudFormation that says one thing."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(Endpoint(name="test", region="us-east-1"))
        self.error = AwsError(message, code=code)

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        raise self.error


def test_a_stack_that_is_not_there_is_none() -> None:
    assert find_stack(Refusal("ValidationError", "Stack with id demo does not exist"), "demo") is None


@pytest.mark.parametrize("code", ["ValidationError", "AccessDenied", "Throttling"])
def test_any_other_answer_is_not_taken_for_absence(code: str) -> None:
    with pytest.raises(AwsError):
        find_stack(Refusal(code, "something else"), "demo")


def test_a_long_template_is_sent_by_its_address() -> None:
    template = "#" * (MAXIMUM_BODY_BYTES + 1)

    arguments = StackRequest(
        name="d", template=template, template_url="https://b/k", parameters={}, tags={}
    ).arguments()

    assert arguments["TemplateURL"] == "https://b/k"
    assert "TemplateBody" not in arguments


def test_the_length_of_a_template_is_counted_in_bytes() -> None:
    request = StackRequest(name="d", template="ä" * MAXIMUM_BODY_BYTES, parameters={}, tags={})

    assert request.is_too_long_to_send


def test_changing_one_parameter_keeps_the_others() -> None:
    stack = Stack(
        name="d", stack_id="arn", status="X", created_at=NOW, parameters={"A": "1", "B": "2"}, tags={"t": "v"}
    )

    arguments = same_again(stack, {"B": "3"}).arguments()

    assert arguments["UsePreviousTemplate"] is True
    assert {"ParameterKey": "A", "UsePreviousValue": True} in arguments["Parameters"]
    assert {"ParameterKey": "B", "ParameterValue": "3"} in arguments["Parameters"]
    assert arguments["Tags"] == [{"Key": "t", "Value": "v"}]
