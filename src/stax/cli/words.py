"""Which word of the command line is the command: options may stand before it."""

from collections.abc import Sequence
from typing import NamedTuple

from stax.cli.commands import COMMANDS, GROUPS, SHARED_OPTIONS

_HELP, _VERSION = {"-h", "--help"}, {"-v", "--version"}


class Words(NamedTuple):
    """The command line taken apart: `command` is None when no word can be one."""

    command: str | None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def rest(self) -> tuple[str, ...]:
        """All words but the command, in their order."""
        return (*self.before, *self.after)

    @property
    def asks_for_version(self) -> bool:
        """Whether the version is wanted, and nothing else."""
        return self.command is None and bool(_VERSION & set(self.rest)) and not _HELP & set(self.rest)

    @property
    def asks_for_help(self) -> bool:
        """Whether help is wanted."""
        return bool(_HELP & set(self.rest))

    @property
    def asks_for_overview(self) -> bool:
        """Whether the help of the whole program is wanted: asked for, or no word given at all."""
        return self.command is None and (self.asks_for_help or not self.rest)


def take_apart(words: Sequence[str]) -> Words:
    """Find the command among the words; a group's name stands alone when no command of the group follows."""
    taken = _first_word(words)
    if taken.command not in GROUPS:
        return taken
    following = _first_word(taken.after)
    name = f"{taken.command} {following.command}"
    return Words(name, taken.before, following.rest) if name in COMMANDS else taken


def _first_word(words: Sequence[str]) -> Words:
    """Take the words apart at the first that is neither an option nor the value of one."""
    position = 0
    while position < len(words):
        word = words[position]
        if word == "--":
            following = list(words[position + 1 :])
            return Words(following[0] if following else None, tuple(words[:position]), tuple(following[1:]))
        if not word.startswith("-") or word == "-":
            return Words(word, tuple(words[:position]), tuple(words[position + 1 :]))
        position += 2 if _value_follows(word) else 1
    return Words(None, tuple(words))


def _value_follows(word: str) -> bool:
    """Return whether the word after `word` is its value, as after `--config`, `-c` and `-qc`."""
    valued = _flags_with_values()
    if word.startswith("--"):
        return word in valued
    glued_on = any(f"-{letter}" in valued for letter in word[1:-1])  # as in -cFILE
    return f"-{word[-1]}" in valued and not glued_on


def _flags_with_values() -> set[str]:
    options = [*SHARED_OPTIONS, *(option for command in COMMANDS.values() for option in command.options)]
    return {flag for option in options if option.takes_value for flag in option.flags}
