"""`stax help [COMMAND]`."""

from argparse import Namespace

from stax.cli.dispatch import dispatch
from stax.cli.help import overview
from stax.cli.terminal import Terminal
from stax.cli.words import Words
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Print the help of stax, or of one command."""
    if values.command is None:
        terminal.answer(overview())
        return Exit.DONE
    return dispatch(Words(values.command, after=("--help",)), terminal)
