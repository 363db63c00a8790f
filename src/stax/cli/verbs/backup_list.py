"""`stax backup list [NAME]`."""

from argparse import Namespace

from stax.api.backup import list_backups
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.cli.text import age
from stax.errors import Exit
from stax.model.checkup import BackupList


def run(values: Namespace, terminal: Terminal) -> int:
    """Show which copies there are, the newest first."""
    show_backups(list_backups(site_of(values, terminal), values.name or ""), terminal)
    return Exit.DONE


def show_backups(found: BackupList, terminal: Terminal) -> None:
    """Show them, the newest first."""
    if terminal.answers_in_json:
        terminal.answer(document(found))
        return
    rows = [(one.cluster, age(one.at, found.asked_at), str(one.size_bytes), one.key) for one in found.backups]
    headings = ("OF", "AGE", "BYTES", f"KEY IN {found.bucket}")
    show(Table(headings=headings, rows=rows, numbers=frozenset({"BYTES"})), terminal)
