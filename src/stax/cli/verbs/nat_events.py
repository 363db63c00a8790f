"""`stax nat events [NAME]`."""

from argparse import Namespace

from stax.api.nat_events import follow_events, nat_events
from stax.cli.json_text import document, line_of
from stax.cli.nat_tables import event_line, show_nat_events
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what happened, and go on when asked to."""
    site, name = site_of(values, terminal), values.name or ""
    if values.follow:
        for event in follow_events(site, name):
            terminal.answer(line_of(event) if terminal.answers_in_json else event_line(event))
            terminal.flush()
    events = nat_events(site, name)
    if terminal.answers_in_json:
        terminal.answer(document(events))
    else:
        show_nat_events(events, terminal)
    return Exit.DONE
