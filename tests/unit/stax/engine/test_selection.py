from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.engine.selection import own_stacks, selected_stack
from stax.errors import NotFound, StaxError, UsageError


class CloudFormation(Aws):
    """An account with stacks of these names; those made by stax carry its tag."""

    def __init__(self, *ours: str, foreign: tuple[str, ...] = ()) -> None:
        self.stacks = {name: _stack(name, ours=name in ours) for name in (*ours, *foreign)}

    @property
    def place(self) -> str:
        return "eu-west-1"

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        name = parameters["StackName"]
        if name not in self.stacks:
            raise AwsError(f"Stack with id {name} does not exist", code="ValidationError")
        return {"Stacks": [self.stacks[name]]}

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        return iter(self.stacks.values())


def _stack(name: str, *, ours: bool) -> dict[str, Any]:
    return {
        "StackName": name,
        "StackId": f"arn:{name}",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
        "Tags": [{"Key": "stax:name", "Value": name}] if ours else [],
    }


def test_a_stax_is_found_by_its_name():
    assert selected_stack(CloudFormation("demo", "web"), "web").name == "web"


def test_the_only_stax_needs_no_name():
    assert selected_stack(CloudFormation("demo", foreign=("other",))).name == "demo"


def test_several_need_a_name_and_all_are_told():
    with pytest.raises(UsageError) as caught:
        selected_stack(CloudFormation("web", "demo"))

    assert caught.value.hint == "name one of demo, web"


def test_where_there_is_none_there_is_how_to_make_one():
    with pytest.raises(NotFound) as caught:
        selected_stack(CloudFormation())

    assert caught.value.hint == "make one: stax create"


def test_a_name_that_is_nearly_right_finds_the_right_one():
    with pytest.raises(NotFound) as caught:
        selected_stack(CloudFormation("demo"), "dmeo")

    assert caught.value.hint == "did you mean demo?"


def test_a_stack_of_somebody_elses_is_refused():
    with pytest.raises(StaxError, match="was not made by stax"):
        selected_stack(CloudFormation(foreign=("demo",)), "demo")


def test_what_can_be_no_name_is_not_asked_for():
    with pytest.raises(UsageError):
        selected_stack(CloudFormation(), "../x")


def test_stacks_of_others_are_not_ours():
    assert [stack.name for stack in own_stacks(CloudFormation("demo", foreign=("other",)))] == ["demo"]
