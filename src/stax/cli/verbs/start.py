"""`stax start [SERVICE…]`."""

import os
from argparse import Namespace
from contextlib import closing
from pathlib import Path

from stax.api.services_plan import StartRequest, prepare
from stax.cli.follow import Interrupted, follow
from stax.cli.place import site_of
from stax.cli.rollouts import carry_out, own_services, place_in
from stax.cli.terminal import Terminal


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what starting them changes, ask, and see it through."""
    site = site_of(values, terminal)
    looking = prepare(site, request(values), place_in(values))
    untouched = Interrupted("interrupted; nothing was changed")
    with closing(follow(looking, terminal, is_answer=True, interrupted=untouched)) as prepared:
        return carry_out(site, prepared, values, terminal)


def request(values: Namespace) -> StartRequest:
    """Return what is to run, from the options."""
    return StartRequest(
        services=tuple(values.service),
        file=Path(values.file) if values.file else None,
        folder=own_services(values),
        variables=dict(os.environ),
    )
