"""Breaking a NAT box on purpose, and putting it back whatever happens meanwhile: each fault is a `with` block."""

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from stax.engine.agents import Agents
from stax.engine.site import Site
from stax.errors import StaxError
from stax.model.drill import DrillKind, DrillPlan
from stax.remote.running import conversation, run_here

REGION_WITHIN_S = 60.0
STARTS_WITHIN_S = 300.0


@contextmanager
def broken(site: Site, plan: DrillPlan, agents: Agents) -> Iterator[None]:
    """Break the box as the plan says; put it back when the block ends, however it ends."""
    if plan.kind is DrillKind.POWER_CUT:
        fault = _without_power(site, plan) if site.aws.endpoint.chaos_command else _stopped(site, plan)
    elif plan.kind is DrillKind.DRAIN:
        fault = _drained(plan, agents)
    else:
        fault = _spoilt(plan, agents)
    with fault:
        yield


@contextmanager
def _without_power(site: Site, plan: DrillPlan) -> Iterator[None]:
    chaos = shlex.split(site.aws.endpoint.chaos_command)
    try:
        run_here([*chaos, "power-off", plan.box_id], limit_s=REGION_WITHIN_S)
        yield
    finally:
        run_here([*chaos, "power-on", plan.box_id], limit_s=REGION_WITHIN_S)


@contextmanager
def _stopped(site: Site, plan: DrillPlan) -> Iterator[None]:
    ids = {"InstanceIds": [plan.box_id]}
    try:
        site.aws.call("ec2", "StopInstances", **ids, Force=True)
        yield
    finally:
        _start(site, ids)


def _start(site: Site, ids: dict[str, list[str]]) -> None:
    """Start the box; EC2 refuses until it has stopped."""
    stopwatch = site.stopwatch(STARTS_WITHIN_S)
    while True:
        try:
            site.aws.call("ec2", "StartInstances", **ids)
        except StaxError as error:
            if getattr(error, "code", "") != "IncorrectInstanceState" or stopwatch.is_over:
                raise
            stopwatch.pause()
        else:
            return


@contextmanager
def _drained(plan: DrillPlan, agents: Agents) -> Iterator[None]:
    try:
        said = agents.ask(plan.box, "nat-operator", "drain")
        if refused := said.get("refused"):
            raise StaxError(f"{plan.box}: {refused}")
        yield
    finally:
        agents.ask(plan.box, "nat-operator", "return")


@contextmanager
def _spoilt(plan: DrillPlan, agents: Agents) -> Iterator[None]:
    """The box's agent holds the fault for as long as it is held to: it mends it when this machine is gone, too."""
    with conversation(agents.argv(plan.box, "nat-operator", "break", plan.kind.value)) as there:
        line = there.ask("", within_s=REGION_WITHIN_S)
        if not line or not json.loads(line).get("done"):
            raise StaxError(f"{plan.box} could not be broken", hint="its agent says why: journalctl there")
        yield
