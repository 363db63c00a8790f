"""`stax backup fetch [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.backup import fetch_backup
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Write the newest copies into a folder, and say which."""
    wish = Path(values.to) if values.to else None
    fetched = heard(fetch_backup(site_of(values, terminal), values.name or "", wish), terminal)
    terminal.answer(document(fetched) if terminal.answers_in_json else fetched.folder)
    return Exit.DONE
