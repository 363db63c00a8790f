"""`stax update NAME`."""

from argparse import Namespace

from stax.api.update import UpdateRequest, discard, prepare, update
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.inputs import template_of
from stax.cli.place import command_line, site_of
from stax.cli.terminal import Terminal
from stax.cli.wishes import wanted_configuration
from stax.engine.site import Site
from stax.errors import Exit
from stax.model.plan import UpdatePlan


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what changes, ask, and change it."""
    site = site_of(values, terminal)
    request = UpdateRequest(
        name=values.name,
        configuration=wanted_configuration(values, site, terminal),
        template=template_of(values),
        image=values.image,
        allow_replacement=values.allow_replacement,
    )
    untouched = Interrupted("interrupted; nothing was changed")
    plan = follow(prepare(site, request), terminal, is_answer=True, interrupted=untouched)
    terminal.tell(plans.update(plan))
    if plan.has_changes:
        _agree(values, site, plan, terminal)
    again = command_line(values, "watch", plan.name)
    left = Interrupted(f"stopped watching {plan.name}; what AWS has begun goes on without stax", hint=again)
    story = update(site, request, plan, detach=values.detach)
    stack = follow(story, terminal, is_answer=True, interrupted=left)
    tell_result(stack, [f"{stack.name}  {stack.status}"], terminal)
    return Exit.DONE


def _agree(values: Namespace, site: Site, plan: UpdatePlan, terminal: Terminal) -> None:
    """Ask, unless the update is refused anyway; without a yes nothing of the plan is left in AWS."""
    if plan.forbidden and not values.allow_replacement:
        discard(site, plan)
        return
    try:
        terminal.ask(f"ok to change {plan.name} in {plan.region}")
    except BaseException:
        discard(site, plan)
        raise
