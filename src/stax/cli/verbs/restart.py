"""`stax restart SERVICE…`."""

from argparse import Namespace

from stax.api.redeploy import Restart
from stax.cli.rollouts import redeploy
from stax.cli.terminal import Terminal
from stax.errors import UsageError


def run(values: Namespace, terminal: Terminal) -> int:
    """Show which tasks are replaced, ask, and see it through."""
    if not values.service:
        raise UsageError("restart which service?", hint="stax services lists what runs")
    return redeploy(Restart(services=tuple(values.service)), values, terminal)
