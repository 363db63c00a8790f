"""Following a stack: its own events, oldest first and once each, until it has settled.

Nothing here changes anything, so it may stop anywhere and be taken up again.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime

from stax.aws.cloudformation import EventReader
from stax.engine.clock import Stopwatch
from stax.errors import Unhealthy
from stax.events import Event, ResourceChanged, StackChanged
from stax.model.stack import StackEvent

# CloudFormation cancels what it is working on when something else fails: never the cause.
_CASCADE = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")


@dataclass
class Outcome:
    """How a followed operation ended."""

    status: str = ""
    reason: str = ""
    failures: list[StackEvent] = field(default_factory=list)
    """Every resource that failed, in order; the first is the cause, the others may be its consequences."""

    @property
    def cause(self) -> str:
        """The first thing that failed, in words; the stack's own reason when no resource failed."""
        if not self.failures:
            return self.reason or "CloudFormation gives no reason"
        first = self.failures[0]
        return f"{first.logical_id} ({first.resource_type}): {first.reason or 'no reason given'}"


def follow(reader: EventReader, stopwatch: Stopwatch, *, name: str) -> Generator[Event, None, Outcome]:
    """Tell the stack's events until its status is final, and return how it ended.

    Raises Unhealthy when the stopwatch's time is up; the stack goes on regardless.
    """
    outcome = Outcome()
    started: dict[str, datetime] = {}
    while True:
        for event in reader.read():
            yield _told(event, started)
            _note(event, outcome)
        if outcome.status and not outcome.status.endswith("_IN_PROGRESS"):
            return outcome
        if stopwatch.is_over:
            message = f"{name} is still {outcome.status or 'under way'} after {stopwatch.elapsed_s:.0f} s"
            raise Unhealthy(message, hint=f"it goes on in AWS; see how it stands: {reader.aws.command('watch', name)}")
        stopwatch.pause()


def _told(event: StackEvent, started: dict[str, datetime]) -> Event:
    if event.is_about_the_stack:
        return StackChanged(at=event.at, name=event.logical_id, status=event.status, reason=event.reason)
    elapsed_s = None
    if event.status.endswith("_IN_PROGRESS"):
        started.setdefault(event.logical_id, event.at)
    elif (start := started.pop(event.logical_id, None)) is not None:
        elapsed_s = (event.at - start).total_seconds()
    return ResourceChanged(
        at=event.at,
        logical_id=event.logical_id,
        resource_type=event.resource_type,
        status=event.status,
        reason=event.reason,
        physical_id=event.physical_id,
        elapsed_s=elapsed_s,
    )


def _note(event: StackEvent, outcome: Outcome) -> None:
    if event.is_about_the_stack:
        outcome.status, outcome.reason = event.status, event.reason
    elif event.status.endswith("_FAILED") and not event.reason.startswith(_CASCADE):
        outcome.failures.append(event)
