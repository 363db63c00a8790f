"""Carry out what `services_plan.prepare` has shown: each stack in turn, behind what it needs."""

from collections.abc import Generator

from stax.api.services_plan import Prepared
from stax.engine.record import recorded
from stax.engine.services.rollout import Rollout, roll_out
from stax.engine.services.secrets import make_missing
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event, Finished, StepStarted
from stax.local_state.folder import who_and_where
from stax.model.services import ServicesPlan

WAIT_S = 300.0
"""So long a stack may take until it is healthy, unless the person says otherwise."""


def start(site: Site, prepared: Prepared, *, wait_s: float = WAIT_S) -> Generator[Event, None, ServicesPlan]:
    """Deploy stack by stack, each once the one before is healthy; raises Unhealthy when one is not.

    That one is then what it was before; those before it stay.  May be interrupted and repeated anywhere.
    """
    plan, swarm = prepared.plan, prepared.way.swarm
    stopwatch = site.stopwatch(0.0)
    at = Rollout(
        swarm=swarm,
        clock=site.clock,
        by=who_and_where(),
        wait_s=wait_s,
        asks_registries=prepared.asks_registries,
    )
    with recorded(site, prepared.verb, plan.name), site.local.lock(plan.name, verb=prepared.verb):
        if prepared.secrets:
            yield StepStarted(step=f"making secrets: {', '.join(one.name for one in prepared.secrets)}")
            make_missing(swarm.docker, prepared.secrets)
        for stack in plan.stacks:
            if stack.has_changes:
                yield from roll_out(at, stack, prepared.verb)
    done = [stack.stack for stack in plan.stacks if stack.has_changes]
    if not done:
        raise StaxError("there is nothing to do")
    verb = "are" if len(done) > 1 else "is"
    yield Finished(text=f"{', '.join(done)} {verb} healthy", elapsed_s=stopwatch.elapsed_s)
    return plan
