"""`stax destroy NAME`."""

from argparse import Namespace

from stax.api.destroy import destroy, prepare
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import command_line, site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what will go, have the name typed, and remove it."""
    site = site_of(values, terminal)
    untouched = Interrupted("interrupted; nothing was removed")
    plan = follow(prepare(site, values.name), terminal, is_answer=True, interrupted=untouched)
    terminal.tell(plans.removal(plan))
    question = f"type {plan.name} to remove it from {plan.region} (account {plan.account_id}):"
    terminal.ask_to_type(question, plan.name)
    again = command_line(values, "destroy", plan.name)
    left = Interrupted(f"stopped before {plan.name} was proven gone", hint=f"{again} goes on where this one stopped")
    follow(destroy(site, plan.name), terminal, is_answer=True, interrupted=left)
    tell_result({"name": plan.name, "left": 0}, [], terminal)
    return Exit.DONE
