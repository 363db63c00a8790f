"""What is wrong with a Compose file or a catalogue service, as data: every problem at once, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass

from stax.errors import UsageError

SHOWN = 80
"""So many characters of a value are quoted back."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong, where, and what would be right."""

    message: str
    line: int | None = None
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class ComposeError(UsageError):
    """A file was refused; nothing was changed.  `problems` has every reason."""

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: (one.line or 0, one.message)))
        lines = [f"{path}:{one.line}: {one}" if one.line else f"{path}: {one}" for one in self.problems]
        if len(lines) == 1:
            super().__init__(lines[0])
        else:
            super().__init__("\n".join([f"{path} has {len(lines)} problems; nothing was changed", *lines]))


def shown(value: object) -> str:
    """Quote a value for people, bounded."""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
