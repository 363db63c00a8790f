"""`stax --help`: the whole program on one screen, printed from the tables."""

from collections.abc import Iterator

from stax import __version__
from stax.cli.commands import COMMANDS, GROUPS, SHARED_OPTIONS
from stax.cli.grammar import Command, Group, Option

_WIDTH = 80
_COLUMN = 24
"""Where the second column starts: the longest option and two spaces."""


def version_text() -> str:
    """Return the program's name and version."""
    return f"stax {__version__}"


def overview() -> str:
    """Return the help of the program as a whole."""
    lines = [
        "Usage: stax [OPTIONS] COMMAND [ARGUMENTS]",
        "",
        "A private network on AWS: two NAT boxes, a jumpbox, elastic Docker hosts.",
        "",
        "Commands:",
        *_commands(),
        "",
        "Options, before or after the command:",
        *(_row(_usage(option), option.help) for option in SHARED_OPTIONS),
        "",
        "stax help COMMAND shows a command's own options and examples.",
        "Without an AWS account: stax local up",
    ]
    return "\n".join(lines)


def _commands() -> Iterator[str]:
    """A row for each command of one word, and one for each group where its first command stands."""
    told = set()
    for command in COMMANDS.values():
        word = command.name.partition(" ")[0]
        if word in GROUPS and word not in told:
            yield _row(word, GROUPS[word].summary)
        elif word not in GROUPS:
            yield _row(command.name, command.summary)
        told.add(word)


def group_page(group: Group) -> str:
    """Return the help of a group: what its commands are."""
    members = [command for command in COMMANDS.values() if command.name.startswith(f"{group.name} ")]
    lines = [
        f"usage: stax {group.name} COMMAND [OPTIONS]",
        "",
        *_filled(group.about),
        "",
        "commands:",
        *(_row(_words(command), command.summary) for command in members),
        "",
        "examples:",
        *(_row(command.examples[0][0], command.examples[0][1]) for command in members),
    ]
    return "\n".join(lines)


def _filled(text: str) -> list[str]:
    from textwrap import wrap  # noqa: PLC0415 - so that `stax --help` need not wait for it

    return wrap(text, _WIDTH)


def _words(command: Command) -> str:
    names = (one.name.upper() if one.required else f"[{one.name.upper()}]" for one in command.arguments)
    return " ".join([command.name.partition(" ")[2], *names])


def _usage(option: Option) -> str:
    flags = ", ".join(option.flags)
    if not option.takes_value:
        return flags
    return f"{flags} {option.metavar or '|'.join(option.choices)}"


def _row(left: str, right: str) -> str:
    if len(left) > _COLUMN - 2:
        return f"  {left}\n  {'':{_COLUMN}}{right}"
    return f"  {left:{_COLUMN}}{right}"
