"""`stax --help`: the whole program on one screen, printed from the tables."""

from stax import __version__
from stax.cli.commands import COMMANDS, SHARED_OPTIONS
from stax.cli.grammar import Option

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
        *(_row(command.name, command.summary) for command in COMMANDS.values()),
        "",
        "Options, before or after the command:",
        *(_row(_usage(option), option.help) for option in SHARED_OPTIONS),
        "",
        "stax help COMMAND shows a command's own options and examples.",
        "Without an AWS account: stax local up",
    ]
    return "\n".join(lines)


def _usage(option: Option) -> str:
    flags = ", ".join(option.flags)
    if not option.takes_value:
        return flags
    return f"{flags} {option.metavar or '|'.join(option.choices)}"


def _row(left: str, right: str) -> str:
    if len(left) > _COLUMN - 2:
        return f"  {left}\n  {'':{_COLUMN}}{right}"
    return f"  {left:{_COLUMN}}{right}"
