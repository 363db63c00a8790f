"""What goes wrong around a region, in words for the person who started it."""

SAYS = "[ ERRR ]  "
TRIES = "          "
"""How a problem is written, as stax does: a line of each.  `up` reads them back from the log of what it started."""
TELLS = "[ ---- ]  "
"""How the story is told: what takes a while."""


class Problem(Exception):  # noqa: N818 - reads as what it is: "raise Problem(...)"
    """What failed and why, and what to try."""

    def __init__(self, message: str, hint: str = "", *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
