"""What `create` or `update` would do, without doing it."""

from collections.abc import Generator
from typing import Literal

from stax.api import create, update
from stax.api.create import CreateRequest
from stax.api.update import UpdateRequest
from stax.aws import cloudformation
from stax.engine.site import Site
from stax.engine.statuses import Answer, answer
from stax.events import Event
from stax.model.plan import CreatePlan, UpdatePlan


def plan(
    site: Site, request: CreateRequest, *, image: Literal["keep", "latest"] = "keep"
) -> Generator[Event, None, CreatePlan | UpdatePlan]:
    """Return everything that would be made, or, for a stax that is there, everything that would change.

    Changes nothing: the change set that is asked for is removed again.
    """
    stack = cloudformation.find_stack(site.aws, request.name) if request.name else None
    if stack is None or answer("update", stack.status) is not Answer.PROCEED:
        return (yield from create.prepare(site, request))
    wish = UpdateRequest(name=request.name, configuration=request.configuration, template=request.template, image=image)
    found = yield from update.prepare(site, wish)
    update.discard(site, found)
    return found
