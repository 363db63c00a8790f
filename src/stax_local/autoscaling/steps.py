"""The steps of a group's members from one lifecycle state to the next, and the history they write.

Each changes the group in place; the caller holds the service's lock.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from stax_local.autoscaling.model import (
    ACTIVITIES_KEPT,
    LAUNCHING,
    LEAVING,
    TERMINATING,
    Activity,
    Group,
    Hook,
    Member,
    Wait,
)

RETRY_FIRST_S, RETRY_LAST_S = 2.0, 120.0
"""Auto Scaling keeps trying a launch that fails, less and less often."""


def launched(group: Group, members: Iterable[Member], cause: str, now: float) -> None:
    """Machines were started for the group."""
    for member in members:
        activity = _begin(group, f"Launching a new EC2 instance: {member.instance_id}", cause, now)
        group.members[member.instance_id] = replace(member, activity_id=activity.id)
    group.failures, group.retry_at = 0, 0.0


def launch_failed(group: Group, why: str, cause: str, now: float) -> None:
    """EC2 refused to start machines; try again later."""
    activity = _begin(group, f"Launching a new EC2 instance.  Status Reason: {why}", cause, now)
    _end(group, activity.id, "Failed", now, why)
    group.failures += 1
    group.retry_at = now + min(RETRY_FIRST_S * 2 ** (group.failures - 1), RETRY_LAST_S)


def arrive(group: Group, member: Member, now: float) -> None:
    """The machine runs; wait for the launch hooks, or serve."""
    waits = _waits(group.hooks_for(LAUNCHING), now)
    if waits:
        group.members[member.instance_id] = replace(member, phase="Pending:Wait", waits=waits)
        _status(group, member.activity_id, "MidLifecycleAction")
    else:
        enter_service(group, member, now)


def enter_service(group: Group, member: Member, now: float) -> None:
    """The machine serves from now on."""
    group.members[member.instance_id] = replace(
        member, phase="InService", waits=(), in_service_at=now, healthy=True, activity_id=""
    )
    _end(group, member.activity_id, "Successful", now)
    group.scaled_at = now


def mark(group: Group, member: Member, *, healthy: bool) -> None:
    """Note what a health check or the user found."""
    group.members[member.instance_id] = replace(member, healthy=healthy)


def begin_termination(group: Group, member: Member, cause: str, now: float) -> Activity:
    """The machine is to go; wait for the termination hooks first."""
    if member.activity_id and member.phase not in LEAVING:
        _end(group, member.activity_id, "Cancelled", now, "the instance was terminated before it was in service")
    activity = _begin(group, f"Terminating EC2 instance: {member.instance_id}", cause, now)
    waits = () if group.deleting else _waits(group.hooks_for(TERMINATING), now)
    group.members[member.instance_id] = replace(
        member, phase="Terminating:Wait" if waits else "Terminating", waits=waits, activity_id=activity.id
    )
    if waits:
        _status(group, activity.id, "MidTerminatingLifecycleAction")
    return group.activities[activity.id]


def proceed_termination(group: Group, member: Member) -> None:
    """EC2 was told to terminate it."""
    group.members[member.instance_id] = replace(member, phase="Terminating:Proceed", waits=())
    _status(group, member.activity_id, "InProgress")


def forget(group: Group, member: Member, now: float) -> None:
    """The machine is gone."""
    del group.members[member.instance_id]
    _end(group, member.activity_id, "Successful", now)
    group.scaled_at = now


def complete(group: Group, member: Member, wait: Wait, result: str, now: float) -> None:
    """Somebody completed a hook's action: CONTINUE or ABANDON."""
    rest = tuple(other for other in member.waits if other != wait)
    if member.phase == "Pending:Wait" and result == "ABANDON":
        cause = f"an instance was taken out of service in response to lifecycle hook {wait.hook} that was abandoned."
        begin_termination(group, member, cause, now)
    elif member.phase == "Terminating:Wait" and result == "ABANDON":
        # Both results terminate; abandoning ends the other hooks as well.
        group.members[member.instance_id] = replace(member, waits=())
    else:
        group.members[member.instance_id] = replace(member, waits=rest)


def beat(group: Group, member: Member, wait: Wait, now: float) -> None:
    """Somebody asked for more time for a hook's action."""
    timeout = group.hooks[wait.hook].heartbeat_timeout_s if wait.hook in group.hooks else 0
    later = replace(wait, heartbeat_until=now + timeout)
    waits = tuple(later if other == wait else other for other in member.waits)
    group.members[member.instance_id] = replace(member, waits=waits)


def note(group: Group, description: str, cause: str, now: float) -> Activity:
    """Write something into the history that is done at once."""
    activity = _begin(group, description, cause, now)
    _end(group, activity.id, "Successful", now)
    return group.activities[activity.id]


def _waits(hooks: Iterable[Hook], now: float) -> tuple[Wait, ...]:
    return tuple(
        Wait(hook.name, str(uuid.uuid4()), now + hook.heartbeat_timeout_s, now + hook.global_timeout_s)
        for hook in hooks
    )


def _begin(group: Group, description: str, cause: str, now: float) -> Activity:
    when = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    zones = sorted({zone for _, zone in group.subnets})
    activity = Activity(
        id=str(uuid.uuid4()),
        description=description,
        cause=f"At {when} {cause}",
        started_at=now,
        status="InProgress",
        details=json.dumps({"Availability Zone": zones[0] if len(zones) == 1 else zones}),
    )
    group.activities[activity.id] = activity
    for old in list(group.activities)[:-ACTIVITIES_KEPT]:
        del group.activities[old]
    return activity


def _status(group: Group, activity_id: str, status: str) -> None:
    if activity_id in group.activities:
        group.activities[activity_id] = replace(group.activities[activity_id], status=status, progress=50)


def _end(group: Group, activity_id: str, status: str, now: float, message: str = "") -> None:
    if activity_id in group.activities:
        group.activities[activity_id] = replace(
            group.activities[activity_id], status=status, message=message, ended_at=now, progress=100
        )
