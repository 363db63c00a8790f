"""`stax recover [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.recover import prepare, recover
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import command_line, site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what is lost and who survives, ask, and bring it back."""
    site = site_of(values, terminal)
    untouched = Interrupted("interrupted; nothing was changed")
    plan = follow(prepare(site, values.name or ""), terminal, is_answer=True, interrupted=untouched)
    terminal.tell(plans.recovery(plan))
    terminal.ask(f"ok to go on from {plan.survivor} alone")
    again = command_line(values, "recover", plan.name)
    left = Interrupted(f"stopped watching; what {plan.survivor} has begun goes on", hint=f"{again} looks again")
    key = Path(values.ssh_key) if values.ssh_key else None
    stack = follow(
        recover(site, plan, ssh_key=key, person_home=Path.home()), terminal, is_answer=True, interrupted=left
    )
    tell_result(plan, [f"{stack.name}  recovered from {plan.survivor}"], terminal)
    return Exit.DONE
