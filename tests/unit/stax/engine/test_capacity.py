"""How many docker hosts there are to be: a person's wish, never an accident."""

from datetime import UTC, datetime
from typing import Any

from stax.engine.capacity import set_desired_capacity, size_change
from stax.model.plan import SizeChange
from stax.model.stack import Stack

STACK = Stack(
    name="demo",
    stack_id="arn:demo",
    status="CREATE_COMPLETE",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    parameters={"ClusterSize": "3"},
    outputs={"DockerGroupName": "demo-docker"},
)


def group(desired: int) -> dict[str, Any]:
    return {"AutoScalingGroups": [{"AutoScalingGroupName": "demo-docker", "DesiredCapacity": desired}]}


def test_an_unchanged_wish_leaves_alone_what_the_scaling_policy_did(account_with: Any) -> None:
    assert size_change(account_with(DescribeAutoScalingGroups=group(7)), STACK, 3) is None


def test_a_changed_wish_is_a_change_from_what_there_is(account_with: Any) -> None:
    account = account_with(DescribeAutoScalingGroups=group(7))

    assert size_change(account, STACK, 5) == SizeChange(before=7, after=5)


def test_the_number_is_set_at_once(account_with: Any) -> None:
    account = account_with(DescribeAutoScalingGroups=group(3))

    set_desired_capacity(account, STACK, 5)

    assert account.parameters["SetDesiredCapacity"]["DesiredCapacity"] == 5
