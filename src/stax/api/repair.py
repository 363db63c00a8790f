"""Put back what is gone or broken: `prepare` finds it, `repair` mends it and looks again."""

from collections.abc import Generator

from stax.api.watch import existing_stack
from stax.engine.ailments import Remedy, examine
from stax.engine.health import wait_until_healthy
from stax.engine.record import recorded
from stax.engine.remedies import Patient, mend
from stax.engine.site import Site
from stax.engine.statuses import Answer, answer
from stax.errors import StaxError, Unhealthy
from stax.events import Checked, Event, Finished, StaxNamed, StepStarted
from stax.model.plan import RepairPlan
from stax.model.stack import Stack

TIMEOUT_S = 3600.0
# Every mend may lay bare what stood behind it: a route can be led to a NAT box once the box is there again.
ROUNDS = 3


def prepare(site: Site, name: str) -> Generator[Event, None, RepairPlan]:
    """Return everything that is gone or broken.  Changes nothing."""
    yield StaxNamed(name=name, region=site.aws.place)
    stack = _repairable(site, name)
    yield StepStarted(step="looking for what is gone or broken")
    return RepairPlan(
        name=name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        findings=tuple(ailment.told() for ailment in examine(site.aws, stack)),
    )


def repair(site: Site, name: str, *, timeout_s: float = TIMEOUT_S) -> Generator[Event, None, Stack]:
    """Mend everything that is wrong, looking again after each round; return the stack.

    Safe to repeat: what is well is left alone.  Raises Unhealthy for what only a person can put right.
    """
    stopwatch = site.stopwatch(timeout_s)
    with recorded(site, "repair", name), site.local.lock(name, verb="repair"):
        for _ in range(ROUNDS):
            stack = _repairable(site, name)
            ailments = [ailment for ailment in examine(site.aws, stack) if ailment.remedy is not Remedy.NONE]
            if not ailments:
                break
            for ailment in ailments:
                yield from mend(Patient(site, existing_stack(site, name), stopwatch), ailment)
        hopeless = examine(site.aws, stack)
        yield from (Checked(subject=one.subject, ok=False, finding=one.finding) for one in hopeless)
        if hopeless:
            message = f"{name} is not whole: {hopeless[0].subject}, {hopeless[0].finding}"
            raise Unhealthy(message, hint=f"{site.aws.command('destroy', name)}, then create it again")
        yield from wait_until_healthy(site.aws, stack, stopwatch)
        yield Finished(text=f"{name} is whole and healthy", elapsed_s=stopwatch.elapsed_s)
    return stack


def _repairable(site: Site, name: str) -> Stack:
    stack = existing_stack(site, name)
    todo = answer("repair", stack.status)
    if todo is Answer.PROCEED:
        return stack
    hint = site.aws.command("watch" if todo is Answer.REFUSE_BUSY else "destroy", name)
    raise StaxError(f"{name} is {stack.status}: {todo.value}", hint=hint)
