"""Break a NAT box on purpose, measure from a docker host what it costs, and put the box back.

`prepare` looks whether the pair is fit for it and says what is going to happen; `drill` does it.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stax.api.nat_events import in_order
from stax.api.nat_status import nat_status
from stax.aws import ec2
from stax.aws.nat_reports import nat_reports
from stax.engine.agents import AGENT, Agents, agents_of
from stax.engine.faults import broken
from stax.engine.private_key import private_key_of
from stax.engine.record import recorded
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import NotFound, StaxError, Unhealthy, UsageError
from stax.events import Event, Finished, StepDetail, StepStarted
from stax.model.drill import Cost, DrillKind, DrillPlan, DrillResult, Flows
from stax.model.nat import NatEvent, NatStatus, box_name, peer_of
from stax.remote.running import Conversation, conversation

BOXES = (box_name(1), box_name(2))
READY_WITHIN_S = 60.0
MOVES_WITHIN_S = 60.0
RETURNS_WITHIN_S = 600.0
"""The boot of a machine, and what it takes to prove itself."""
WATCHED_S = 5.0
"""How long nothing may move when nothing is to."""
SETTLES_S = 3.0
"""What a move breaks shows by then, and the canaries have told of the outage."""
TOLD_WITHIN_S = 30.0
"""A box reports a move within a second or two, if its processor has time for it."""
ACCOUNT_WITHIN_S = 30.0
LOOKS_EVERY_S = 0.5


@dataclass(frozen=True, kw_only=True)
class DrillRequest:
    """What a person asks for."""

    name: str = ""
    box: str = "nat1"
    kind: DrillKind = DrillKind.POWER_CUT
    waits_for_return: bool = False
    """Measure the return as well."""
    ssh_key: Path | None = None


def prepare(site: Site, request: DrillRequest) -> DrillPlan:
    """Return what is going to happen.  Changes nothing.

    Raises Unhealthy unless each box carries its own zone and is well: a drill is no experiment on the sick.
    """
    if request.box not in BOXES:
        raise UsageError(f"there is no NAT box {request.box!r}", hint="nat1 or nat2")
    status = nat_status(site, request.name)
    if status.findings:
        message = f"the NAT boxes of {status.name} are not fit for a drill: {status.findings[0]}"
        raise Unhealthy(message, hint=f"see {site.aws.command('nat status', status.name)}")
    box, endpoint = status.box(request.box), site.aws.endpoint
    host, target = _host(site, status, request.box), endpoint.test_server or f"s3.{site.aws.region}.amazonaws.com"
    return DrillPlan(
        name=status.name,
        region=site.aws.place,
        kind=request.kind,
        box=box.name,
        box_id=box.instance_id,
        peer=peer_of(box.name),
        zone=status.zone_of(box.name).number,
        host=host,
        target=f"{target}:{7 if endpoint.test_server else 443}",
        means=_means(request.kind, box.name, is_rehearsal=bool(endpoint.chaos_command)),
        is_rehearsal=bool(endpoint.chaos_command),
    )


def _host(site: Site, status: NatStatus, box: str) -> str:
    """Return a docker host behind the box: one in its availability zone."""
    machines = {machine.name: machine for machine in ec2.machines(site.aws, status.name)}
    zone = machines[box].zone
    hosts = [one for one in machines.values() if one.role == "docker" and one.state == "running" and one.zone == zone]
    if not hosts:
        raise NotFound(f"there is no docker host behind {box} to measure from", hint="drill the other box")
    return min(hosts, key=lambda one: (len(one.name), one.name)).name


def _means(kind: DrillKind, box: str, *, is_rehearsal: bool) -> str:
    if kind is DrillKind.POWER_CUT:
        return f"{box}'s power is cut, and given back" if is_rehearsal else f"{box} is stopped by force, and started"
    return {
        DrillKind.FORWARDING_OFF: f"{box} forwards nothing (ip_forward is 0), and is put right",
        DrillKind.HEARTBEATS_CUT: f"{box} and its peer do not hear each other, and then do again; nothing is to move",
        DrillKind.DRAIN: f"{box} is drained, and returned",
    }[kind]


def drill(
    site: Site, request: DrillRequest, plan: DrillPlan, *, person_home: Path
) -> Generator[Event, None, DrillResult]:
    """Break the box, measure, put it back; return what was found out.

    The box is put back however this ends.  Raises Unhealthy when the other box does not take over in time.
    """
    stack, stopwatch = selected_stack(site.aws, plan.name), site.stopwatch(0.0)
    key = private_key_of(site, stack, wish=request.ssh_key, person_home=person_home)
    with recorded(site, f"drill nat {plan.kind.value}", plan.name):
        yield StepStarted(step=f"measuring from {plan.host}, which connects to {plan.target}")
        agents = yield from agents_of(site, stack, [plan.box, plan.host], key=key)
        with conversation(_measuring(agents, plan, site)) as there:
            _answer(there, plan, within_s=READY_WITHIN_S)
            result = yield from _measured(site, request, plan, agents, there)
        yield Finished(text=f"{plan.box} is put back", elapsed_s=stopwatch.elapsed_s)
    return result


def _measured(
    site: Site, request: DrillRequest, plan: DrillPlan, agents: Agents, there: Conversation
) -> Generator[Event, None, DrillResult]:
    known = {(event.box, event.number) for event in _events(site, plan.name)}
    _account(there, plan)  # what was before is no news
    yield StepStarted(step=plan.means)
    broken_at = datetime.now(UTC)
    with broken(site, plan, agents):
        carrier = yield from _awaited(site, plan)
        cost = _account(there, plan)
        yield StepDetail(text=f"outage of new connections {cost.outage_s:.2f} s, open connections broken {cost.broken}")
        yield StepStarted(step=f"putting {plan.box} back")
    back = None
    if request.waits_for_return and plan.kind.moves:
        yield from _returned(site, plan)
        back = _account(there, plan)
    events = _story(site, plan, known)
    return DrillResult(plan=plan, broken_at=broken_at, cost=cost, events=events, carried_by=carrier, back=back)


def _story(site: Site, plan: DrillPlan, known: Set[tuple[str, int]]) -> tuple[NatEvent, ...]:
    """Return what the boxes have told since, once the move is among it; what they told in time when it does not come."""
    stopwatch = site.stopwatch(TOLD_WITHIN_S)
    while True:
        events = tuple(event for event in _events(site, plan.name) if (event.box, event.number) not in known)
        is_told = any(event.box == plan.peer and event.what == "moved" for event in events)
        if is_told or not plan.kind.moves or stopwatch.is_over:
            return events
        site.clock.sleep(LOOKS_EVERY_S)


def _measuring(agents: Agents, plan: DrillPlan, site: Site) -> list[str]:
    host, _, port = plan.target.rpartition(":")
    how = "with-servers" if site.aws.endpoint.test_server else "alone"
    # No sudo: what connects and counts needs no rights.
    return agents.argv(plan.host, "measure", host, port, how, program=AGENT[1:])


def _awaited(site: Site, plan: DrillPlan) -> Generator[Event, None, str]:
    """Wait until the other box carries the zone, or see for a while that nothing moves; return who carries it."""
    if not plan.kind.moves:
        site.clock.sleep(WATCHED_S)
        carrier = nat_status(site, plan.name).zone_of(plan.box).carried_by
        if carrier != plan.box:
            raise Unhealthy(f"{carrier or 'nobody'} carries private subnet {plan.zone}, though nothing was to move")
        yield StepDetail(text=f"nothing moved within {WATCHED_S:.0f} s")
        return carrier
    yield from _until(
        site,
        plan,
        lambda now: now.zone_of(plan.box).is_whole and now.zone_of(plan.box).carried_by == plan.peer,
        f"{plan.peer} carries private subnet {plan.zone}",
        within_s=MOVES_WITHIN_S,
    )
    site.clock.sleep(SETTLES_S)
    return plan.peer


def _returned(site: Site, plan: DrillPlan) -> Generator[Event, None, None]:
    yield from _until(
        site,
        plan,
        lambda now: now.zone_of(plan.box).is_whole and now.zone_of(plan.box).carried_by == plan.box,
        f"{plan.box} carries private subnet {plan.zone} again",
        within_s=RETURNS_WITHIN_S,
    )
    site.clock.sleep(SETTLES_S)


def _until(
    site: Site, plan: DrillPlan, holds: Callable[[NatStatus], bool], wanted: str, *, within_s: float
) -> Iterator[Event]:
    stopwatch = site.stopwatch(within_s)
    while not holds(status := nat_status(site, plan.name)):
        if stopwatch.is_over:
            message = f"it did not come about within {within_s:.0f} s that {wanted}"
            raise Unhealthy(message, hint="\n".join(status.findings))
        site.clock.sleep(LOOKS_EVERY_S)
    yield StepDetail(text=wanted)


def _events(site: Site, name: str) -> tuple[NatEvent, ...]:
    return in_order(event for report in nat_reports(site.aws, name).values() for event in report.events)


def _account(there: Conversation, plan: DrillPlan) -> Cost:
    there.tell("\n")
    told = _answer(there, plan, within_s=ACCOUNT_WITHIN_S)
    flows = {kind: Flows(**{**one, "why": tuple(one["why"])}) for kind, one in told["flows"].items()}
    return Cost(outage_s=told["outage_s"], begun=told["begun"], failed=told["failed"], flows=flows)


def _answer(there: Conversation, plan: DrillPlan, *, within_s: float) -> Mapping[str, Any]:
    line = there.hear(within_s=within_s)
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        hint = f"does it get out? {plan.host} connects to {plan.target}"
        raise StaxError(f"{plan.host} does not measure: {line.strip() or 'it says nothing'}", hint=hint)
    return told
