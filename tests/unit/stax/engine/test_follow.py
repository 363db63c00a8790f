"""Following a stack's own story to its end."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax.aws.endpoints import Endpoint
from stax.aws.session import Aws
from stax.engine.clock import Stopwatch
from stax.engine.follow import Outcome, follow
from stax.errors import Unhealthy
from stax.events import Event, ResourceChanged, StackChanged
from stax.model.stack import StackEvent

START = datetime(2026, 1, 1, tzinfo=UTC)
STACK = "arn:demo"


def said(logical_id: str, status: str, reason: str = "", *, after_s: float = 0.0) -> StackEvent:
    return StackEvent(
        event_id=f"{logical_id}-{status}-{after_s}",
        at=START + timedelta(seconds=after_s),
        stack_id=STACK,
        logical_id=logical_id,
        physical_id=STACK if logical_id == "demo" else f"i-{logical_id}",
        resource_type="AWS::CloudFormation::Stack" if logical_id == "demo" else "AWS::EC2::Instance",
        status=status,
        reason=reason,
    )


@dataclass
class Storyteller:
    """CloudFormation, telling a bit more each time it is asked."""

    chapters: list[list[StackEvent]]
    aws: Aws = field(default_factory=lambda: Aws(Endpoint(name="test", region="us-east-1"), options="--region test"))
    asked: int = field(default=0)

    def read(self) -> list[StackEvent]:
        self.asked += 1
        return self.chapters.pop(0) if self.chapters else []


def told(storyteller: Storyteller, clock: Any, limit_s: float = 600) -> tuple[list[Event], Outcome]:
    story: Any = follow(storyteller, Stopwatch(clock, limit_s), name="demo")  # type: ignore[arg-type]
    events = []
    while True:
        try:
            events.append(next(story))
        except StopIteration as end:
            return events, end.value


def test_a_good_end_is_told_event_by_event_with_times(clock: Any) -> None:
    events, outcome = told(
        Storyteller(
            [
                [said("demo", "CREATE_IN_PROGRESS"), said("Vpc", "CREATE_IN_PROGRESS", after_s=1)],
                [],
                [said("Vpc", "CREATE_COMPLETE", after_s=5), said("demo", "CREATE_COMPLETE", after_s=6)],
            ]
        ),
        clock,
    )

    assert outcome.status == "CREATE_COMPLETE"
    assert [type(event) for event in events] == [StackChanged, ResourceChanged, ResourceChanged, StackChanged]
    assert isinstance(events[2], ResourceChanged)
    assert events[2].elapsed_s == 4.0


def test_the_cause_is_the_first_failure_not_the_cascade(clock: Any) -> None:
    _, outcome = told(
        Storyteller(
            [
                [
                    said("Nat2", "CREATE_FAILED", "Resource creation cancelled"),
                    said("Nat1", "CREATE_FAILED", "you have no more addresses"),
                    said("Vpc", "CREATE_FAILED", "something later"),
                    said("demo", "CREATE_FAILED", "The following resource(s) failed"),
                ]
            ]
        ),
        clock,
    )

    assert outcome.cause == "Nat1 (AWS::EC2::Instance): you have no more addresses"


def test_a_stack_that_fails_by_itself_gives_its_own_reason(clock: Any) -> None:
    _, outcome = told(Storyteller([[said("demo", "CREATE_FAILED", "no permission")]]), clock)

    assert outcome.cause == "no permission"


def test_a_cleanup_in_progress_is_not_the_end(clock: Any) -> None:
    storyteller = Storyteller(
        [[said("demo", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")], [said("demo", "UPDATE_COMPLETE", after_s=9)]]
    )

    _, outcome = told(storyteller, clock)

    assert outcome.status == "UPDATE_COMPLETE"
    assert storyteller.asked == 2


def test_a_wait_that_is_too_long_says_how_to_take_it_up_again(clock: Any) -> None:
    with pytest.raises(Unhealthy) as caught:
        told(Storyteller([[said("demo", "CREATE_IN_PROGRESS")]]), clock, limit_s=30)

    assert "still CREATE_IN_PROGRESS" in caught.value.message
    assert "stax watch demo --region test" in caught.value.hint
