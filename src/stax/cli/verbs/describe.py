"""`stax describe [NAME]`."""

from argparse import Namespace

from stax.api.describe import describe
from stax.cli.descriptions import show_description
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what there is of a stax."""
    description = describe(site_of(values, terminal), values.name or "")
    if terminal.answers_in_json:
        terminal.answer(document(description))
    else:
        show_description(description, terminal)
    return Exit.DONE
