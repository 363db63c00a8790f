"""`stax rebalance [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.rebalance import prepare, rebalance
from stax.cli import plans
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.place import command_line, site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what is crowded, ask, and spread it."""
    site = site_of(values, terminal)
    key = Path(values.ssh_key) if values.ssh_key else None
    looking = prepare(site, values.name or "", ssh_key=key, person_home=Path.home())
    untouched = Interrupted("interrupted; nothing was changed")
    plan, managers = follow(looking, terminal, is_answer=True, interrupted=untouched)
    if not plan.has_changes:
        tell_result(plan, plans.crowded(plan), terminal)
        return Exit.DONE
    terminal.tell(plans.crowded(plan))
    terminal.ask(f"ok to roll {len(plan.crowded)} services of {plan.name}")
    left = Interrupted(f"stopped; the service that was begun goes on: {command_line(values, 'rebalance', plan.name)}")
    after = follow(rebalance(site, plan, managers), terminal, is_answer=True, interrupted=left)
    tell_result(after, plans.crowded(after), terminal)
    return Exit.DONE
