"""`stax help [COMMAND [SUBCOMMAND]]`."""

from argparse import Namespace

from stax.cli.dispatch import dispatch
from stax.cli.help import overview
from stax.cli.terminal import Terminal
from stax.cli.words import take_apart
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Print the help of stax, or of one command."""
    if values.command is None:
        terminal.answer(overview())
        return Exit.DONE
    words = [values.command, *([values.subcommand] if values.subcommand else []), "--help"]
    return dispatch(take_apart(words), terminal)
