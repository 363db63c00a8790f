"""Taking a stax away, whatever state it is in, and proving that nothing is left.

One path for `destroy` and for a create that failed.  Every step looks first, so it may be interrupted
anywhere and begun again, from any machine: all it knows it has asked of AWS.
"""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from stax.aws import cloudformation, kinds, removal, s3
from stax.aws.cloudformation import EventReader
from stax.aws.errors import AwsError
from stax.aws.kinds import Kind
from stax.aws.session import Aws
from stax.config.names import bucket_name
from stax.engine.clock import Stopwatch
from stax.engine.follow import Outcome, follow
from stax.engine.statuses import Answer, answer
from stax.errors import StaxError, Unhealthy
from stax.events import Checked, Event, StepDetail, StepStarted, Warned
from stax.model.stack import Stack

# Machines take their time to go, and to let go of their interfaces; AWS says minutes, mostly it is one.
PATIENCE_S = 180.0
# Without machines nothing is on its way: what is refused for so long is held by something that stays.
PATIENCE_WITHOUT_MACHINES_S = 15.0
SLOW = {"machines", "Auto Scaling groups", "network interfaces"}


@dataclass(frozen=True)
class Leftover:
    """Something of the stax that is still there, and why it could not be removed."""

    kind: Kind
    identifier: str
    reason: str = ""


def demolish(aws: Aws, name: str, stopwatch: Stopwatch) -> Generator[Event, None, None]:
    """Remove everything that belongs to the stax `name`, and prove it.

    Raises StaxError when the stack of that name is not a stax's, Unhealthy when something is left.
    """
    stack = cloudformation.find_stack(aws, name)
    if stack is not None and stack.status != "DELETE_COMPLETE":
        refuse_foreign(stack)
        yield StepStarted(step="lifting the termination protection of the NAT boxes")
        lift_protection(aws, name)
        yield from _delete_stack(aws, stack, stopwatch)
    yield StepStarted(step="emptying and deleting the bucket")
    yield from _remove_bucket(aws, name)
    yield StepStarted(step="looking for what is left")
    left = yield from _sweep(aws, name, stopwatch)
    yield from _prove(aws, name, left)


def refuse_foreign(stack: Stack) -> None:
    """Raise StaxError for a stack that stax did not make."""
    if not stack.is_ours:
        message = f"the stack {stack.name} was not made by stax (it has no tag stax:name={stack.name})"
        raise StaxError(message, hint="stax touches only its own: stax list shows them")


def lift_protection(aws: Aws, name: str) -> None:
    """Allow the stax's machines to be terminated."""
    for instance_id in kinds.MACHINES.find(aws, name):
        removal.lift_termination_protection(aws, instance_id)


def _delete_stack(aws: Aws, stack: Stack, stopwatch: Stopwatch) -> Generator[Event, None, None]:
    todo = answer("destroy", stack.status)
    reader = EventReader(aws, stack.stack_id)
    if todo is Answer.WAIT:
        yield StepStarted(step=f"waiting for the stack, which is {stack.status}, to settle")
        reader.skip_to_last_operation()
        yield from follow(reader, stopwatch, name=stack.name)
    yield StepStarted(step="deleting the stack")
    if todo is Answer.FOLLOW:
        reader.skip_to_last_operation()
    else:
        reader.skip_to_now()
        cloudformation.delete_stack(aws, stack)
    outcome = yield from follow(reader, stopwatch, name=stack.name)
    if outcome.status == "DELETE_FAILED":
        yield from _mend_and_retry(aws, stack, reader, stopwatch, outcome)


def _mend_and_retry(
    aws: Aws, stack: Stack, reader: EventReader, stopwatch: Stopwatch, outcome: Outcome
) -> Generator[Event, None, None]:
    """Remove what held the stack back, if it is ours, and delete again; what still resists is left to the proof."""
    yield Warned(text=f"the stack could not be deleted: {outcome.cause}", hint="removing what holds it, then once more")
    lift_protection(aws, stack.name)
    yield from _sweep(aws, stack.name, stopwatch)
    cloudformation.delete_stack(aws, stack)
    again = yield from follow(reader, stopwatch, name=stack.name)
    if again.status == "DELETE_FAILED":
        stuck = {event.logical_id for event in again.failures}
        yield Warned(text=f"it still cannot be deleted: {again.cause}", hint=f"leaving out {', '.join(sorted(stuck))}")
        cloudformation.delete_stack(aws, stack, retain=stuck)
        yield from follow(reader, stopwatch, name=stack.name)


def _remove_bucket(aws: Aws, name: str) -> Iterator[Event]:
    bucket = _bucket(aws, name)
    tags = s3.bucket_tags(aws, bucket)
    if tags is None:
        return
    if not s3.is_of(aws, bucket, tags, name):
        yield Warned(text=f"the bucket {bucket} is not this stax's and stays")
        return
    count = s3.empty_bucket(aws, bucket)
    s3.delete_bucket(aws, bucket)
    yield StepDetail(text=f"{bucket}: {count} object versions deleted, then the bucket")


def _sweep(aws: Aws, name: str, stopwatch: Stopwatch) -> Generator[Event, None, list[Leftover]]:
    """Remove all that carries the stax's name; return what would not go.

    Kinds hold each other, and machines take their time to go, so it goes round until nothing is
    left, or nothing has gone for a while.
    """
    fewest, patience = math.inf, Stopwatch(stopwatch.clock, 0)
    told: set[str] = set()
    while left := _leftovers(aws, name):
        if len(left) < fewest:
            fewest, patience = len(left), Stopwatch(stopwatch.clock, _patience_s(left))
        for leftover in left:
            if leftover.identifier not in told:
                yield StepDetail(text=f"removing {leftover.identifier} ({leftover.kind.subject})")
        told |= {leftover.identifier for leftover in left}
        left = _remove(aws, left)
        if patience.is_over or stopwatch.is_over:
            break
        patience.pause(longest_s=2.0)
    return left


def _patience_s(left: list[Leftover]) -> float:
    is_slow = any(leftover.kind.subject in SLOW for leftover in left)
    return PATIENCE_S if is_slow else PATIENCE_WITHOUT_MACHINES_S


def _leftovers(aws: Aws, name: str) -> list[Leftover]:
    return [Leftover(kind, identifier) for kind in kinds.KINDS for identifier in kind.find(aws, name)]


def _remove(aws: Aws, leftovers: list[Leftover]) -> list[Leftover]:
    """Ask for each to be removed, in the table's order; return them with what AWS said against it."""
    return [replace(leftover, reason=_refusal(aws, leftover)) for leftover in leftovers]


def _refusal(aws: Aws, leftover: Leftover) -> str:
    try:
        leftover.kind.remove(aws, leftover.identifier)
    except AwsError as error:
        return error.message
    return ""


def _prove(aws: Aws, name: str, left: list[Leftover]) -> Generator[Event, None, None]:
    """Ask AWS for every kind once more and tell each answer."""
    reasons = {leftover.identifier: leftover.reason for leftover in left}
    remaining = 0
    for subject, identifiers in census(aws, name):
        remaining += len(identifiers)
        why = "; ".join(
            f"{identifier}: {_held(aws, identifier) or reasons.get(identifier)}" for identifier in identifiers
        )
        yield Checked(subject=subject, ok=not identifiers, finding=f"{len(identifiers)} left", hint=why)
    if remaining:
        message = f"{remaining} of {name} could not be removed"
        raise Unhealthy(
            message, hint=f"remove what holds them, as told above, then again: {aws.command('destroy', name)}"
        )


def _held(aws: Aws, identifier: str) -> str:
    holders = kinds.strangers_in_vpc(aws, identifier) if identifier.startswith("vpc-") else []
    return f"held by {', '.join(holders)}, not made by stax" if holders else ""


def census(aws: Aws, name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every kind that a stax is made of, with the ids of what there is, as AWS says at this moment."""
    stack = cloudformation.find_stack(aws, name)
    yield "stacks", [stack.stack_id] if stack and stack.status != "DELETE_COMPLETE" else []
    for kind in kinds.KINDS:
        yield kind.subject, kind.find(aws, name)
    bucket = _bucket(aws, name)
    tags = s3.bucket_tags(aws, bucket)
    yield "buckets", [bucket] if tags is not None and s3.is_of(aws, bucket, tags, name) else []


def _bucket(aws: Aws, name: str) -> str:
    return bucket_name(name, account_id=aws.identity.account_id, region=aws.region)
