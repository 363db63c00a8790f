"""`stax rollback SERVICE [--to N]`."""

from argparse import Namespace

from stax.api.redeploy import Rollback
from stax.cli.rollouts import redeploy
from stax.cli.terminal import Terminal
from stax.errors import UsageError


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what going back changes, ask, and see it through."""
    if values.to is not None and not values.to.isdecimal():
        raise UsageError(f"--to {values.to}: not a revision's number", hint=f"stax services {values.service} has them")
    to = int(values.to) if values.to is not None else None
    return redeploy(Rollback(service=values.service, to=to), values, terminal)
