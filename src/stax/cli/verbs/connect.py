"""`stax connect [TARGET] [-- COMMAND…]`."""

import os
import signal
from argparse import Namespace
from pathlib import Path
from typing import NoReturn

from stax.api.connect import ConnectRequest, connect
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
    terminal.flush()
    # Python has these two ignored, and ssh would inherit that: `stax connect -- cat big | head` would not end.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execv(session.argv[0], session.argv)  # noqa: S606 - argv, no shell
