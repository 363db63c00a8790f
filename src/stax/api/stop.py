"""End services.  What they keep in volumes stays, and their revisions: `start` brings them back."""

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from stax.api.services_plan import Prepared
from stax.compose.catalogue import catalogue
from stax.compose.suggest import did_you_mean
from stax.engine.record import recorded
from stax.engine.services.planning import tasks
from stax.engine.services.rollout import removed
from stax.engine.services.swarm import Seen
from stax.engine.services.way import Where, reached
from stax.engine.site import Site
from stax.errors import NotFound, UsageError
from stax.events import Event, Finished, StaxNamed, StepStarted
from stax.model.services import CatalogueService, Revision, ServiceChange, ServicesPlan, StackPlan


def prepare(site: Site, names: Sequence[str], where: Where, folder: Path | None) -> Generator[Event, None, Prepared]:
    """Return what ends; raises NotFound for what does not run."""
    if not names:
        raise UsageError("stop which service?", hint="stax services lists what runs")
    known = catalogue(folder)
    way = yield from reached(site, where)
    try:
        yield StaxNamed(name=way.name, region=site.aws.place)
        seen, revisions = way.swarm.seen(), way.swarm.revisions()
        stacks = tuple(stack_plan(name, seen, revisions, known, also=names) for name in dict.fromkeys(names))
    except BaseException:
        way.close()
        raise
    account_id = site.aws.identity.account_id
    plan = ServicesPlan(name=way.name, region=site.aws.place, account_id=account_id, stacks=stacks)
    return Prepared(plan=plan, way=way, verb="stop")


def stop(site: Site, prepared: Prepared) -> Generator[Event, None, ServicesPlan]:
    """Remove the stacks and wait until their last tasks have ended; may be repeated anywhere."""
    plan = prepared.plan
    stopwatch = site.stopwatch(0.0)
    with recorded(site, "stop", plan.name), site.local.lock(plan.name, verb="stop"):
        for stack in plan.stacks:
            if stack.has_changes:
                yield StepStarted(step=f"stopping {stack.stack}")
                yield from removed(prepared.way.swarm, site.clock, stack.stack)
    names = ", ".join(stack.stack for stack in plan.stacks)
    yield Finished(text=f"{names} stopped", elapsed_s=stopwatch.elapsed_s)
    return plan


def stack_plan(
    name: str, seen: Seen, revisions: Sequence[Revision], known: Mapping[str, CatalogueService], *, also: Sequence[str]
) -> StackPlan:
    """Return what ends with a stack, `also` what ends beside it.  Pure; raises NotFound for what never ran."""
    services = seen.of_stack(name)
    last = next((one for one in revisions if one.stack == name), None)
    if not services and last is None:
        running = sorted({one.stack for one in seen.services if one.stack})
        raise NotFound(
            f"no service {name} runs{did_you_mean(name, running)}", hint=f"there run: {', '.join(running) or 'none'}"
        )
    changes = tuple(
        ServiceChange(service=one.name, action="remove", how=f"{tasks(one.running)} ended") for one in services
    )
    volumes = ", ".join((last.definition if last else {}).get("volumes", {}))
    kept = [f"its volumes stay: {volumes}"] if volumes else []
    needing = [other for other, one in known.items() if name in one.needs and other not in also]
    needed = [f"{other} needs it, and runs" for other in needing if seen.of_stack(other)]
    number = last.number if last else 0
    return StackPlan(stack=name, revision=number, services=changes, definition={}, notes=(*needed, *kept))
