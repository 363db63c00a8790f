"""`stax create [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.create import CreateRequest, create, prepare
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.inputs import command_line, configuration_of, site_of, template_of
from stax.cli.logo import show_logo
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Plan, ask, make, and show what there is then."""
    show_logo(terminal)
    site = site_of(values, terminal)
    request = CreateRequest(
        configuration=configuration_of(values, site.aws.endpoint, terminal),
        name=values.name or "",
        template=template_of(values),
        ssh_key=Path(values.ssh_key) if values.ssh_key else None,
        person_home=Path.home(),
        keep_on_failure=values.keep_on_failure,
    )
    untouched = Interrupted("interrupted; nothing was made")
    plan = follow(prepare(site, request), terminal, is_answer=True, interrupted=untouched)
    terminal.tell(plans.creation(plan, in_full=False))
    terminal.ask(f"ok to create {plan.name} in {plan.region}")
    story = create(site, request, plan, detach=values.detach)
    stack = follow(story, terminal, is_answer=True, interrupted=_left(values, plan.name))
    tell_result(stack, [stack.name], terminal)
    return Exit.DONE


def _left(values: Namespace, name: str) -> Interrupted:
    return Interrupted(
        f"stopped watching {name}; what AWS has begun goes on without stax",
        hint=f"{command_line(values, 'watch', name)} shows it, and the same command goes on where this one stopped",
    )
