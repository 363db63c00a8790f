"""From a change set to a plan: asked, bounded, and with what must not be lost unasked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stax.aws.cloudformation import StackRequest
from stax.aws.errors import AwsError
from stax.engine.change import ask, execute, forbidden
from stax.engine.clock import Stopwatch
from stax.errors import StaxError, Unhealthy
from stax.model.plan import ResourceChange
from stax.model.stack import Stack

REQUEST = StackRequest(name="demo", parameters={}, tags={})
THEN, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
STACK = Stack(name="demo", stack_id="arn:demo", status="CREATE_COMPLETE", created_at=THEN)


def answered(account: Any, clock: Any) -> str:
    story = ask(account, REQUEST, Stopwatch(clock, 300))
    while True:
        try:
            next(story)
        except StopIteration as end:
            return str(end.value)


def test_a_change_set_is_waited_for(account_with: Any, clock: Any) -> None:
    statuses = [{"Status": "CREATE_PENDING"}, {"Status": "CREATE_IN_PROGRESS"}, {"Status": "CREATE_COMPLETE"}]

    assert answered(account_with(CreateChangeSet={"Id": "arn:1"}, DescribeChangeSet=statuses), clock) == "arn:1"


def test_nothing_to_change_leaves_no_change_set(account_with: Any, clock: Any) -> None:
    empty = {"Status": "FAILED", "StatusReason": "No updates are to be performed."}
    account = account_with(CreateChangeSet={"Id": "arn:1"}, DescribeChangeSet=empty)

    assert answered(account, clock) == ""
    assert account.asked[-1] == "DeleteChangeSet"


def test_a_refusal_is_told_and_leaves_no_change_set(account_with: Any, clock: Any) -> None:
    failed = {"Status": "FAILED", "StatusReason": "Template error"}
    account = account_with(CreateChangeSet={"Id": "arn:1"}, DescribeChangeSet=failed)

    with pytest.raises(StaxError, match="Template error"):
        answered(account, clock)

    assert account.asked[-1] == "DeleteChangeSet"


def test_a_change_set_that_never_comes_is_not_waited_for_for_ever(account_with: Any, clock: Any) -> None:
    with pytest.raises(Unhealthy):
        answered(account_with(CreateChangeSet={"Id": "arn:1"}, DescribeChangeSet={"Status": "CREATE_PENDING"}), clock)

    assert clock.now_s < 310


def described(updated_at: datetime | None) -> dict[str, Any]:
    stack = {"StackName": "demo", "StackId": "arn:demo", "StackStatus": "UPDATE_IN_PROGRESS", "CreationTime": THEN}
    return {"Stacks": [stack | ({"LastUpdatedTime": updated_at} if updated_at else {})]}


def test_an_execution_whose_answer_was_lost_is_under_way(account_with: Any) -> None:
    execute(account_with(ExecuteChangeSet="InvalidChangeSetStatus", DescribeStacks=described(NOW)), STACK, "arn:1")


def test_an_execution_that_was_refused_is_said(account_with: Any) -> None:
    with pytest.raises(AwsError):
        execute(account_with(ExecuteChangeSet="InvalidChangeSetStatus", DescribeStacks=described(None)), STACK, "arn:1")


@pytest.mark.parametrize(
    ("kind", "action", "replacement", "is_forbidden"),
    [
        ("AWS::EC2::Instance", "Modify", "True", True),
        ("AWS::EC2::Instance", "Modify", "Conditional", True),
        ("AWS::EC2::Instance", "Modify", "False", False),
        ("AWS::EC2::EIP", "Remove", "", True),
        ("AWS::EC2::Route", "Modify", "True", True),
        ("AWS::EC2::LaunchTemplate", "Modify", "True", False),
        ("AWS::EC2::Instance", "Add", "", False),
    ],
)
def test_machines_and_addresses_are_not_lost_unasked(
    kind: str, action: str, replacement: str, is_forbidden: bool
) -> None:
    change = ResourceChange(logical_id="It", resource_type=kind, action=action, replacement=replacement)

    assert forbidden([change]) == (("It",) if is_forbidden else ())
