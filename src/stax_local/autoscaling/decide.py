"""What a group needs next: its state, the instances and the clock in, actions out.  Pure.

Called again after each round of actions; when it returns nothing, the group is as it should be.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stax_local.autoscaling.model import ARRIVING, GROUP_TAG, LEAVING, Group, Member, Wait
from stax_local.autoscaling.spread import subnets_for, victims
from stax_local.desired import Instance

UNSEEN_S = 10.0
"""How long a machine just launched may be missing from the world before it counts as gone."""


@dataclass(frozen=True)
class Launch:
    """Run machines in a subnet."""

    subnet_id: str
    count: int
    cause: str


@dataclass(frozen=True)
class Adopt:
    """Take up a machine that carries the group's tag and that the group has forgotten."""

    instance: Instance


@dataclass(frozen=True)
class Arrive:
    """The machine runs: to its launch hooks, or into service."""

    instance_id: str


@dataclass(frozen=True)
class EnterService:
    """The launch hooks are over."""

    instance_id: str


@dataclass(frozen=True)
class MarkUnhealthy:
    """A health check failed."""

    instance_id: str


@dataclass(frozen=True)
class BeginTermination:
    """The machine is to go, through the termination hooks if there are any."""

    instance_id: str
    cause: str


@dataclass(frozen=True)
class Terminate:
    """The termination hooks are over: terminate the machine."""

    instance_id: str


@dataclass(frozen=True)
class Forget:
    """The machine is gone."""

    instance_id: str


@dataclass(frozen=True)
class Delete:
    """The last machine of a group that is being deleted is gone."""


Action = Launch | Adopt | Arrive | EnterService | MarkUnhealthy | BeginTermination | Terminate | Forget | Delete


def decide(group: Group, instances: Mapping[str, Instance], now: float) -> list[Action]:
    """Return the next actions."""
    actions = [
        *_adoptions(group, instances),
        *(a for member in group.members.values() for a in _of(member, group, instances, now)),
    ]
    going = {action.instance_id for action in actions if isinstance(action, BeginTermination | Forget)}
    staying = [m for m in group.members.values() if m.phase not in LEAVING | {"Standby"} and m.instance_id not in going]
    if not any(isinstance(action, Adopt) for action in actions):
        actions += _capacity(group, staying, now)
    if group.deleting and not group.members and not actions:
        actions.append(Delete())
    return actions


def next_look(group: Group, now: float) -> float:
    """Return when the group has to be looked at again though nothing happened; infinity if never."""
    times = [wait.heartbeat_until for member in group.members.values() for wait in member.waits]
    times += [wait.ends_by for member in group.members.values() for wait in member.waits]
    times += [member.launched_at + UNSEEN_S for member in group.members.values() if member.phase == "Pending"]
    times += [
        member.in_service_at + group.grace_s for member in group.members.values() if member.in_service_at is not None
    ]
    times.append(group.retry_at)
    return min((time for time in times if time > now), default=float("inf"))


def _adoptions(group: Group, instances: Mapping[str, Instance]) -> Iterator[Action]:
    for instance in instances.values():
        if (
            instance.tags.get(GROUP_TAG) == group.name
            and (instance.account_id, instance.region) == (group.account_id, group.region)
            and instance.id not in group.members
            and instance.state in {"pending", "running"}
        ):
            yield Adopt(instance)


def _of(member: Member, group: Group, instances: Mapping[str, Instance], now: float) -> Iterator[Action]:
    instance = instances.get(member.instance_id)
    state = instance.state if instance else "terminated"
    if instance is None and now - member.launched_at < UNSEEN_S:
        return
    if member.phase in LEAVING:
        yield from _leaving(member, state, now)
    elif member.phase in ARRIVING:
        yield from _arriving(member, group, state, now)
    elif member.phase == "InService":
        yield from _in_service(member, group, instance, now)


def _leaving(member: Member, state: str, now: float) -> Iterator[Action]:
    if member.phase == "Terminating:Proceed":
        if state == "terminated":
            yield Forget(member.instance_id)
    elif all(_is_over(wait, now) for wait in member.waits):
        yield Terminate(member.instance_id)


def _arriving(member: Member, group: Group, state: str, now: float) -> Iterator[Action]:
    if state not in {"pending", "running"}:
        yield BeginTermination(
            member.instance_id, _taken_out("an EC2 health check indicating it has been terminated or stopped")
        )
    elif member.phase == "Pending":
        if state == "running":
            yield Arrive(member.instance_id)
    elif any(_is_over(wait, now) and _default(group, wait) == "ABANDON" for wait in member.waits):
        yield BeginTermination(member.instance_id, _taken_out("a lifecycle action that timed out"))
    elif all(_is_over(wait, now) for wait in member.waits):
        yield EnterService(member.instance_id)


def _in_service(member: Member, group: Group, instance: Instance | None, now: float) -> Iterator[Action]:
    runs = instance is not None and instance.state == "running"
    graced = now - (member.in_service_at or now) < group.grace_s
    # A machine that does not run is unhealthy at once; one that does not answer has the grace period to begin to.
    sick = not runs or (instance is not None and instance.impaired and not graced)
    if member.healthy and sick and "HealthCheck" not in group.suspended:
        yield MarkUnhealthy(member.instance_id)
    elif not member.healthy and not {"ReplaceUnhealthy", "Terminate"} & set(group.suspended):
        why = "indicating it has been terminated or stopped" if not runs else "that found it unhealthy"
        yield BeginTermination(member.instance_id, _taken_out(f"an EC2 health check {why}"))


def _capacity(group: Group, staying: list[Member], now: float) -> Iterator[Action]:
    missing = (0 if group.deleting else group.desired) - len(staying)
    if missing > 0 and "Launch" not in group.suspended and now >= group.retry_at:
        cause = (
            "an instance was started in response to a difference between desired and actual capacity, "
            f"increasing the capacity from {len(staying)} to {group.desired}."
        )
        subnets = subnets_for(group, staying, missing)
        yield from (Launch(subnet, subnets.count(subnet), cause) for subnet in dict.fromkeys(subnets))
    if missing < 0 and (group.deleting or "Terminate" not in group.suspended):
        cause = _taken_out("a difference between desired and actual capacity", len(staying), len(staying) + missing)
        leaving = staying if group.deleting else victims(group, staying, -missing)
        yield from (BeginTermination(member.instance_id, cause) for member in leaving)


def _taken_out(why: str, before: int | None = None, after: int | None = None) -> str:
    shrinking = f", shrinking the capacity from {before} to {after}" if before is not None else ""
    return f"an instance was taken out of service in response to {why}{shrinking}."


def _is_over(wait: Wait, now: float) -> bool:
    return now >= min(wait.heartbeat_until, wait.ends_by)


def _default(group: Group, wait: Wait) -> str:
    hook = group.hooks.get(wait.hook)
    return hook.default_result if hook else "ABANDON"
