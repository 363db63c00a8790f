"""Have so many docker hosts: `prepare` looks and plans, `scale` does it and waits until the clusters are whole.

On the way down so few hosts go at a time that, whichever Auto Scaling picks, the clusters keep their quorum
even if a host ends without handing over.
"""

from collections.abc import Generator

from stax.aws.autoscaling import scaling_groups
from stax.engine import cluster
from stax.engine.capacity import set_desired_capacity
from stax.engine.record import recorded
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import NotFound, StaxError, UsageError
from stax.events import Event, Finished, StaxNamed, StepStarted
from stax.model.cluster import servers_for
from stax.model.plan import ScalePlan
from stax.model.scaling import ScalingGroup
from stax.model.stack import Stack

TIMEOUT_S = 3600.0


def prepare(site: Site, name: str, number: int) -> Generator[Event, None, ScalePlan]:
    """Return what would be done.  Changes nothing.

    Raises UsageError for a number outside the group's bounds, StaxError when hosts are to go from clusters
    that are not whole.
    """
    stack = selected_stack(site.aws, name)
    yield StaxNamed(name=stack.name, region=site.aws.place)
    group = _group(site, stack)
    _refuse_outside(site, stack, group, number)
    if number < group.desired:
        _refuse_unless_whole(site, stack)
    return ScalePlan(
        name=stack.name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        before=group.desired,
        after=number,
        servers_before=servers_for(group.desired),
        servers_after=servers_for(number),
        stages=tuple(stages(group.desired, number)),
    )


def scale(site: Site, plan: ScalePlan, *, timeout_s: float = TIMEOUT_S) -> Generator[Event, None, Stack]:
    """Carry out a plan and wait until every host is in all clusters; return the stack.

    Safe to repeat: what is there already is waited for.  Raises Unhealthy when it takes too long.
    """
    stopwatch = site.stopwatch(timeout_s)
    with recorded(site, "scale", plan.name), site.local.lock(plan.name, verb="scale"):
        stack = selected_stack(site.aws, plan.name)
        for number in plan.stages:
            yield StepStarted(step=f"to {number} docker hosts")
            set_desired_capacity(site.aws, stack, number)
            yield from cluster.wait_until_whole(site.aws, stack, stopwatch)
        if not plan.stages:
            yield from cluster.wait_until_whole(site.aws, stack, stopwatch)
        yield Finished(text=_ending(plan), elapsed_s=stopwatch.elapsed_s)
    return stack


def stages(before: int, after: int) -> list[int]:
    """Return the sizes on the way, the last one `after`; none when nothing changes.

    Growing is done at once.  Going down, never more hosts go at a time than the servers can lose.
    """
    if after >= before:
        return [after] if after > before else []
    found, size = [], before
    while size > after:
        may_go = max((servers_for(size) - 1) // 2, 1)
        size = max(size - may_go, after)
        found.append(size)
    return found


def _group(site: Site, stack: Stack) -> ScalingGroup:
    wanted = stack.outputs.get("DockerGroupName", "")
    for group in scaling_groups(site.aws, stack.name):
        if group.name == wanted:
            return group
    raise NotFound(f"{stack.name} has no group of docker hosts", hint=site.aws.command("describe", stack.name))


def _refuse_outside(site: Site, stack: Stack, group: ScalingGroup, number: int) -> None:
    if group.smallest <= number <= group.largest:
        return
    key = "ClusterSize" if number < group.smallest else "ClusterMaxSize"
    message = f"{stack.name} may have {group.smallest} to {group.largest} docker hosts, not {number}"
    raise UsageError(message, hint=f"change {key} in the configuration, then {site.aws.command('update', stack.name)}")


def _refuse_unless_whole(site: Site, stack: Stack) -> None:
    sick = [one for one in cluster.look(site.aws, stack) if not one.ok]
    if sick:
        message = f"no docker host of {stack.name} may go now: {sick[0].subject} {sick[0].finding}"
        raise StaxError(message, hint=f"what is wrong, and what to do: {site.aws.command('check', stack.name)}")


def _ending(plan: ScalePlan) -> str:
    return f"{plan.name} has {plan.after} docker hosts, all in their clusters"
