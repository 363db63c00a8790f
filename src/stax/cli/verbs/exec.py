"""`stax exec SERVICE[.N] -- COMMAND…`."""

from argparse import Namespace
from typing import NoReturn

from stax.api.exec_in import ExecRequest, exec_in
from stax.cli.become import become
from stax.cli.place import site_of
from stax.cli.rollouts import place_in
from stax.cli.story import heard
from stax.cli.terminal import Terminal


def run(values: Namespace, terminal: Terminal) -> NoReturn:
    """Become ssh, on the way into the container."""
    words = tuple(values.words) or ("sh",)
    request = ExecRequest(target=values.target, words=words, wants_tty=values.tty or not values.words)
    session = heard(exec_in(site_of(values, terminal), place_in(values), request), terminal)
    become(session.argv, terminal)
