"""`stax create [NAME]`."""

from argparse import Namespace

from stax.api.create import create, prepare
from stax.api.describe import describe
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.descriptions import show_description
from stax.cli.follow import Interrupted, follow
from stax.cli.json_text import result_line
from stax.cli.logo import show_logo
from stax.cli.place import command_line, site_of
from stax.cli.terminal import Terminal
from stax.cli.wishes import create_request
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Plan, ask, make, and show what there is then."""
    show_logo(terminal)
    site = site_of(values, terminal)
    request = create_request(values, site, terminal)
    untouched = Interrupted("interrupted; nothing was made")
    plan = follow(prepare(site, request), terminal, is_answer=True, interrupted=untouched)
    terminal.tell(plans.creation(plan, in_full=False))
    terminal.ask(f"ok to create {plan.name} in {plan.region}")
    story = create(site, request, plan, detach=values.detach)
    stack = follow(story, terminal, is_answer=True, interrupted=_left(values, plan.name))
    if values.detach:
        tell_result(stack, [stack.name], terminal)
    elif terminal.answers_in_json:
        terminal.answer(result_line(describe(site, stack.name)))
    else:
        show_description(describe(site, stack.name), terminal)
    return Exit.DONE


def _left(values: Namespace, name: str) -> Interrupted:
    return Interrupted(
        f"stopped watching {name}; what AWS has begun goes on without stax",
        hint=f"{command_line(values, 'watch', name)} shows it\nthe same command goes on where this one stopped",
    )
