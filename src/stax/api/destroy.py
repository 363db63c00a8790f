"""Take a stax away and prove that nothing is left: asked from AWS, kind by kind."""

from collections.abc import Generator

from stax.aws import cloudformation
from stax.aws.backups import backups
from stax.aws.errors import AwsError
from stax.config.names import checked_name
from stax.engine.demolition import census, demolish, refuse_foreign
from stax.engine.record import recorded
from stax.engine.site import Site
from stax.errors import NotFound
from stax.events import Event, Finished, StaxNamed, StepStarted
from stax.model.plan import DestroyPlan, Quantity

TIMEOUT_S = 3600.0


def prepare(site: Site, name: str) -> Generator[Event, None, DestroyPlan]:
    """Look for everything that belongs to the stax.  Changes nothing.

    Raises NotFound when there is nothing of that name, StaxError when the stack is not a stax's.
    """
    checked_name(name)
    yield StaxNamed(name=name, region=site.aws.place)
    stack = cloudformation.find_stack(site.aws, name)
    if stack is not None:
        refuse_foreign(stack)
    yield StepStarted(step="looking for everything that belongs to it")
    there = tuple(
        Quantity(subject=subject, count=len(identifiers))
        for subject, identifiers in census(site.aws, name)
        if identifiers
    )
    if not there and not site.local.is_known(name):
        raise NotFound(
            f"there is no stax {name} in {site.aws.place}", hint=f"see those there are: {site.aws.command('list')}"
        )
    return DestroyPlan(
        name=name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        status=stack.status if stack else "",
        quantities=there,
        created_by=stack.tags.get("stax:created-by", "") if stack else "",
        backups=_backups(site, name),
    )


def _backups(site: Site, name: str) -> int:
    try:
        return len(backups(site.aws, site.bucket(name)))
    except AwsError:
        return 0  # it is for the person to know, and stands in nobody's way


def destroy(site: Site, name: str, *, timeout_s: float = TIMEOUT_S) -> Generator[Event, None, None]:
    """Remove everything that belongs to the stax, here and in AWS, and tell what is left: nothing.

    Works from any machine, for any state, and again after any interruption.  Raises Unhealthy, with
    what and why, when something could not be removed; the local files stay until all is gone.
    """
    checked_name(name)
    stopwatch = site.stopwatch(timeout_s)
    with recorded(site, "destroy", name), site.local.lock(name, verb="destroy"):
        yield from demolish(site.aws, name, stopwatch)
        site.local.forget(name)
        yield Finished(text=f"{name} is gone, nothing is left", elapsed_s=stopwatch.elapsed_s)
