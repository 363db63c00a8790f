"""What can go wrong, in words for the person at the keyboard.

An error has a class of its own only where somebody acts differently on it: here, the exit code.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    """The command line or the configuration is wrong; nothing was changed."""
    CHANGES = 3
    """`plan` found something to change."""
    NOT_FOUND = 4
    DECLINED = 5
    UNHEALTHY = 6
    """Timed out, or finished in a state that is not healthy."""
    INTERRUPTED = 130


class StaxError(Exception):
    """What failed and why (`message`), and what to try (`hint`, may be empty)."""

    exit_code = Exit.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(StaxError):
    """The command line or the configuration is wrong; nothing was changed."""

    exit_code = Exit.USAGE


class NotFound(StaxError):  # noqa: N818 - reads as what it says: "raise NotFound(...)"
    """What was named does not exist."""

    exit_code = Exit.NOT_FOUND


class Declined(StaxError):  # noqa: N818
    """The person said no, or could not be asked."""

    exit_code = Exit.DECLINED


class Unhealthy(StaxError):  # noqa: N818
    """A wait ran out of time, or what was made does not work."""

    exit_code = Exit.UNHEALTHY
