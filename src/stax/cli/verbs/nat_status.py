"""`stax nat status [NAME]`."""

from argparse import Namespace

from stax.api.nat_status import nat_status
from stax.cli.json_text import document
from stax.cli.nat_tables import show_nat_status
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show how the pair is."""
    status = nat_status(site_of(values, terminal), values.name or "")
    if terminal.answers_in_json:
        terminal.answer(document(status))
    else:
        show_nat_status(status, terminal)
    return Exit.DONE if status.is_sound else Exit.UNHEALTHY
