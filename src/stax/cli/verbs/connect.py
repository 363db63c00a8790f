"""`stax connect [TARGET] [-- COMMAND…]`."""

from argparse import Namespace
from pathlib import Path
from typing import NoReturn

from stax.api.connect import ConnectRequest, connect
from stax.cli.become import become
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.terminal import Terminal


def run(values: Namespace, terminal: Terminal) -> NoReturn:
    """Become ssh, on the way to the machine."""
    request = ConnectRequest(
        name=values.name or "",
        target=values.target or "",
        words=tuple(values.words),
        wants_tty=values.tty,
        ssh_key=Path(values.ssh_key) if values.ssh_key else None,
    )
    story = connect(site_of(values, terminal), request, person_home=Path.home())
    session = heard(story, terminal)
    become(session.argv, terminal)
