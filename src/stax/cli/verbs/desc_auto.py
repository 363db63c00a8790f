"""`stax desc-auto [NAME]`."""

from argparse import Namespace

from stax.api.desc_auto import describe_auto
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.scaling import show_scaling
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show the Auto Scaling group of a stax."""
    described = describe_auto(site_of(values, terminal), values.name or "")
    if terminal.answers_in_json:
        terminal.answer(document(described))
    else:
        show_scaling(described, terminal)
    return Exit.DONE
