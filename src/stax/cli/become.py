"""Becoming ssh: what it reads, writes and ends with is the person's from then on."""

import os
import signal
from collections.abc import Sequence
from typing import NoReturn

from stax.cli.terminal import Terminal


def become(argv: Sequence[str], terminal: Terminal) -> NoReturn:
    """Be replaced by the program that the first word names."""
    terminal.flush()
    # Python has these two ignored, and ssh would inherit that: `stax connect -- cat big | head` would not end.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execv(argv[0], list(argv))  # noqa: S606 - argv, no shell
