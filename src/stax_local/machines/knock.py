"""How another process tells the region to look at its machines now: a byte into a pipe in its folder."""

import os
from contextlib import suppress
from pathlib import Path

_NAME = "knock"


def door(state: Path) -> int:
    """Open the region's end; the descriptor is readable once somebody has knocked."""
    path = state / _NAME
    with suppress(FileExistsError):
        os.mkfifo(path, 0o600)
    # For reading and writing: with a writer of its own the pipe never says that its last one has gone.
    return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)


def knock(state: Path) -> None:
    """Have the region look; nothing happens when nobody is there."""
    with suppress(OSError):  # no pipe, no reader, or one that is full of knocks
        descriptor = os.open(state / _NAME, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.write(descriptor, b"!")
        finally:
            os.close(descriptor)
