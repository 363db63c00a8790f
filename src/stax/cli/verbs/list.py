"""`stax list`."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from stax.api.list import list_stax
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.cli.text import age
from stax.errors import Exit
from stax.model.inventory import StaxSummary


def run(values: Namespace, terminal: Terminal) -> int:
    """List every stax there is."""
    site = site_of(values, terminal)
    summaries = list_stax(site)
    if terminal.answers_in_json:
        terminal.answer(document(summaries))
    elif summaries:
        show(_table(summaries, datetime.now(UTC)), terminal)
    else:
        terminal.say("----", f"there is no stax in {site.aws.place}; stax create makes one")
    return Exit.DONE


def _table(summaries: Sequence[StaxSummary], now: datetime) -> Table:
    rows = [
        ("*" if one.made_here else "", one.name, one.status, age(one.created_at, now), one.created_by or "-")
        for one in summaries
    ]
    return Table(("", "NAME", "STATUS", "AGE", "MADE BY"), rows)
