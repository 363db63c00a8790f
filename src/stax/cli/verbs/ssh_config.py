"""`stax ssh-config [NAME]`."""

from argparse import Namespace
from pathlib import Path

from stax.api.ssh_config import ssh_config
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Print the ssh configuration of a stax."""
    key = Path(values.ssh_key) if values.ssh_key else None
    story = ssh_config(site_of(values, terminal), values.name or "", person_home=Path.home(), ssh_key=key)
    config = heard(story, terminal)
    terminal.answer(document(config) if terminal.answers_in_json else config.text.rstrip("\n"))
    return Exit.DONE
