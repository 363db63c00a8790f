"""Taking away: only what is ours, with patience only where it helps, and with the reason for what stays."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stax.engine.clock import Stopwatch
from stax.engine.demolition import demolish
from stax.errors import StaxError, Unhealthy
from stax.events import Checked, Event, Warned

VPC = {"VpcId": "vpc-1", "Tags": [{"Key": "stax:name", "Value": "demo"}]}


def test_a_stack_without_our_tag_is_never_touched(account_with: Any, clock: Any) -> None:
    foreign = {
        "StackName": "demo",
        "StackId": "arn:demo",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
    }
    account = account_with(DescribeStacks={"Stacks": [foreign]})

    with pytest.raises(StaxError, match="not made by stax"):
        list(demolish(account, "demo", Stopwatch(clock, 600)))

    assert account.asked == ["DescribeStacks"]


def test_what_stays_is_told_with_its_reason_and_soon(account_with: Any, clock: Any) -> None:
    account = account_with(
        DescribeStacks={"Stacks": [stack("DELETE_COMPLETE")]},
        GetBucketTagging="NoSuchBucket",
        DescribeVpcs={"Vpcs": [VPC]},
        DeleteVpc="DependencyViolation",
        DescribeSecurityGroups={"SecurityGroups": []},
    )
    events: list[Event] = []
    story = demolish(account, "demo", Stopwatch(clock, 3600))

    with pytest.raises(Unhealthy, match="1 of demo"):
        events.extend(story)

    vpcs = next(event for event in events if isinstance(event, Checked) and event.subject == "VPCs")
    assert (vpcs.ok, vpcs.finding) == (False, "1 left")
    assert "DependencyViolation" in vpcs.hint
    assert clock.now_s < 60


@pytest.mark.parametrize("tags", [{"TagSet": [{"Key": "team", "Value": "shop"}]}, "NoSuchTagSet"])
def test_a_bucket_of_somebody_else_stays_as_it_is(account_with: Any, clock: Any, tags: Any) -> None:
    account = account_with(
        DescribeStacks={"Stacks": [stack("DELETE_COMPLETE")]},
        GetBucketTagging=tags,
        ListObjectVersions={"Versions": [{"Key": "thesis"}]},
    )

    told = list(demolish(account, "demo", Stopwatch(clock, 600)))

    assert any(isinstance(event, Warned) and "not this stax's" in event.text for event in told)
    assert not {"DeleteObjects", "DeleteBucket"} & set(account.asked)


def stack(status: str) -> dict[str, Any]:
    return {
        "StackName": "demo",
        "StackId": "arn:demo",
        "StackStatus": status,
        "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
        "Tags": [{"Key": "stax:name", "Value": "demo"}],
    }
