"""What is wrong with a configuration, as data: every problem at once, each with where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from stax.errors import UsageError

SHOWN_LENGTH = 60
"""A value is quoted back up to here: enough to be recognised, too little to flood a terminal."""


@dataclass(frozen=True, order=True)
class Position:
    """A place in a text file, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong: `key` and `value` where there are any, and what would be right.

    `value` is the text as it was written, not yet made safe for a terminal.
    """

    message: str
    key: str = ""
    value: str | None = None
    position: Position | None = None
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        subject = shown_key(self.key) if self.key else ""
        if subject and self.value is not None:
            subject += f" {shown(self.value)}"
        parts = [f"{subject}: {self.message}" if subject else self.message]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.nearest:
            parts.append(f"did you mean {self.nearest}?")
        return "; ".join(parts)


class ConfigurationError(UsageError):
    """The configuration was refused; `problems` has every reason, `path` the file they are in."""

    def __init__(self, problems: Sequence[Problem], *, path: str = "the configuration", hint: str = "") -> None:
        self.problems = tuple(sorted(problems, key=_reading_order))
        self.path = path
        lines = [_line(problem, shown_path(path)) for problem in self.problems]
        if len(lines) == 1:
            super().__init__(lines[0], hint=hint)
        else:
            count = f"{shown_path(path)} has {len(lines)} problems; nothing was created"
            super().__init__("\n".join([count, *(f"  {line}" for line in lines)]), hint=hint)


def _reading_order(problem: Problem) -> tuple[Position, str, str]:
    return problem.position or Position(1 << 31, 0), problem.key, problem.message


def _line(problem: Problem, path: str) -> str:
    place = f"{path}:{problem.position}" if problem.position else path
    return f"{place}: {problem}"


def shown(text: str) -> str:
    """Quote a value for people: bounded, and with everything a terminal could act on escaped."""
    return f'"{_escaped(text, SHOWN_LENGTH)}"'


def shown_key(text: str) -> str:
    """Show a key or a name: as it is when it is plain, quoted when it holds anything else."""
    return text if text.isascii() and text.isalnum() and len(text) <= SHOWN_LENGTH else shown(text)


def shown_path(text: str) -> str:
    """Show a path whole, with everything a terminal could act on escaped."""
    return _escaped(text, 4096)


def _escaped(text: str, length: int) -> str:
    cut = text[:length]
    escaped = "".join(character if _is_plain(character) else _escape(character) for character in cut)
    return escaped if len(text) <= length else f"{escaped}… ({len(text)} characters)"


def _is_plain(character: str) -> bool:
    # isprintable() is false for control characters, ANSI's escape, line ends, bidirectional
    # overrides, lone surrogates and every space but the plain one.
    return character.isprintable() and character not in '"\\'


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
