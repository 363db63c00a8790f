"""`stax local …`: hands its words to the local region, a program of its own that stax never imports."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import NoReturn

from stax.cli.terminal import Terminal
from stax.errors import StaxError

_PROGRAM = "stax_local"
_NEEDS = "moto"
"""What the extra brings: without it the region cannot start."""


def run(words: Sequence[str], terminal: Terminal) -> NoReturn:
    """Become the local region's own command line; raises StaxError when it is not installed."""
    if find_spec(_PROGRAM) is None or find_spec(_NEEDS) is None:
        raise StaxError("the local region is not installed", hint="pip install 'stax[local]'")
    terminal.flush()
    os.execv(sys.executable, [sys.executable, "-m", _PROGRAM, *words])  # noqa: S606 - argv, no shell
