"""`stax repair NAME`."""

from argparse import Namespace

from stax.api.repair import prepare, repair
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import command_line, site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what is wrong, ask, and put it right."""
    site = site_of(values, terminal)
    untouched = Interrupted("interrupted; nothing was changed")
    plan = follow(prepare(site, values.name), terminal, is_answer=True, interrupted=untouched)
    if not plan.has_changes:
        tell_result(plan, plans.findings(plan), terminal)
        return Exit.DONE
    terminal.tell(plans.findings(plan))
    terminal.ask(f"ok to repair {plan.name} in {plan.region}")
    again = command_line(values, "repair", plan.name)
    left = Interrupted(f"stopped repairing {plan.name}", hint=f"{again} goes on where this one stopped")
    stack = follow(repair(site, plan.name), terminal, is_answer=True, interrupted=left)
    tell_result(plan, [f"{stack.name}  {stack.status}"], terminal)
    return Exit.DONE
