"""What an option, an argument and a command of the command line are.

Plain data without argparse, so that the help of all of `stax` costs no more than printing it.
"""

from typing import NamedTuple


class Option(NamedTuple):
    """An option: a flag when `metavar` and `choices` are empty, else it takes a value."""

    flags: tuple[str, ...]
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    default: str | None = None

    @property
    def takes_value(self) -> bool:
        """Whether the word after it belongs to it."""
        return bool(self.metavar or self.choices)

    @property
    def destination(self) -> str:
        """The name under which its value is found: that of its long flag."""
        return self.flags[-1].lstrip("-").replace("-", "_")


class Argument(NamedTuple):
    """A word of its own, such as NAME."""

    name: str
    help: str
    required: bool = False
    many: bool = False
    """Whether any number of words may stand there, options between them."""


class Command(NamedTuple):
    """A verb: how it reads in a list (`summary`), at length (`about`), and the module that does it."""

    name: str
    """One word, or two of which the first is a group's."""
    summary: str
    about: str
    module: str
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    """Command lines with what each is for."""
    tells_events: bool = False
    """With --output json each event is a line, and the last line is the result or the error."""
    passes_words_on: bool = False
    """Whether all words after the command belong to another program."""
    runs_words: bool = False
    """Whether what stands behind a -- is a command for a machine: kept word for word, as `words`."""


class Group(NamedTuple):
    """Commands of two words that share the first, such as nat: how it reads in a list, and at length."""

    name: str
    summary: str
    about: str
