"""Take up following a stax that something is being done to, here or elsewhere."""

from collections.abc import Generator

from stax.aws import cloudformation
from stax.aws.cloudformation import EventReader
from stax.aws.session import Aws
from stax.engine.demolition import refuse_foreign
from stax.engine.follow import follow
from stax.engine.health import wait_until_healthy
from stax.engine.site import Site
from stax.errors import NotFound, StaxError
from stax.events import Event, Finished, StaxNamed
from stax.model.stack import Stack

TIMEOUT_S = 3600.0


def watch(site: Site, name: str, *, timeout_s: float = TIMEOUT_S) -> Generator[Event, None, Stack]:
    """Tell the last operation's events from its beginning until the stack has settled; return the stack.

    Changes nothing in AWS.  Raises StaxError when the operation failed, Unhealthy when it ended well and
    the machines are not.
    """
    stopwatch = site.stopwatch(timeout_s)
    stack = existing_stack(site, name)
    yield StaxNamed(name=name, region=site.aws.place)
    reader = EventReader(site.aws, stack.stack_id)
    reader.skip_to_last_operation()
    outcome = yield from follow(reader, stopwatch, name=name)
    settled = cloudformation.find_stack(site.aws, stack.stack_id)
    if outcome.status == "DELETE_COMPLETE":
        yield Finished(
            text=f"{name} is deleted; prove that nothing is left: {site.aws.command('destroy', name)}",
            elapsed_s=stopwatch.elapsed_s,
        )
    elif outcome.status.endswith("_COMPLETE") and "ROLLBACK" not in outcome.status and settled is not None:
        yield from wait_until_healthy(site.aws, settled, stopwatch)
        site.local.end_create(name)  # an interrupted create has been seen through
        yield Finished(text=f"{name} is {outcome.status}", elapsed_s=stopwatch.elapsed_s)
    else:
        raise StaxError(f"{name} is {outcome.status}: {outcome.cause}", hint=_next(site.aws, name, outcome.status))
    return settled or stack


def existing_stack(site: Site, name: str) -> Stack:
    """Return the stax's stack.  Raises NotFound when there is none, StaxError when it is not a stax's."""
    stack = cloudformation.find_stack(site.aws, name)
    if stack is None:
        raise NotFound(
            f"there is no stax {name} in {site.aws.place}", hint=f"see those there are: {site.aws.command('list')}"
        )
    refuse_foreign(stack)
    return stack


def _next(aws: Aws, name: str, status: str) -> str:
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return "it is as it was before; put the cause right, then update again"
    verb = "repair" if status == "UPDATE_ROLLBACK_FAILED" else "destroy"
    return aws.command(verb, name)
