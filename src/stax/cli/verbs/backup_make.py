"""`stax backup make [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.backup import make_backup
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.terminal import Terminal
from stax.cli.verbs.backup_list import show_backups
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Have a copy made now, and show which there are."""
    key = Path(values.ssh_key) if values.ssh_key else None
    story = make_backup(site_of(values, terminal), values.name or "", ssh_key=key, person_home=Path.home())
    show_backups(heard(story, terminal), terminal)
    return Exit.DONE
