"""`stax history [NAME]`."""

import os
from argparse import Namespace
from collections.abc import Sequence

from stax.api.history import history
from stax.cli.json_text import document
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.cli.text import duration, moment, printable
from stax.errors import Exit
from stax.local_state import home_folder
from stax.model.history import HistoryEntry


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what was done from this machine, the newest last."""
    told = history(home_folder(os.environ), values.name or "")
    if told.unreadable_lines:
        terminal.say("WARN", f"{told.unreadable_lines} lines of the history cannot be read and are left out")
    if terminal.answers_in_json:
        terminal.answer(document(told.entries))
    elif told.entries:
        show(_table(told.entries), terminal)
    else:
        terminal.say("----", "nothing was done from here yet")
    return Exit.DONE


def _table(entries: Sequence[HistoryEntry]) -> Table:
    rows = [
        (
            moment(e.began_at),
            e.who,
            e.verb,
            e.name,
            e.region,
            duration(e.elapsed_s),
            e.outcome,
            printable(e.detail, most=80),
        )
        for e in entries
    ]
    return Table(
        ("WHEN", "WHO", "WHAT", "NAME", "REGION", "TOOK", "OUTCOME", "WHY"), rows, dispensable=("WHO", "REGION")
    )
