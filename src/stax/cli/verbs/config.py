"""`stax config [SERVICE]`."""

import os
from argparse import Namespace
from pathlib import Path

from stax.api.services_config import configuration
from stax.api.services_plan import StartRequest
from stax.cli.json_text import document
from stax.cli.rollouts import own_services
from stax.cli.terminal import Terminal
from stax.compose.render import as_yaml
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Print what would be deployed; asks nobody."""
    request = StartRequest(
        services=tuple(values.service),
        file=Path(values.file) if values.file else None,
        folder=own_services(values),
        variables=dict(os.environ),
    )
    found = configuration(request)
    for note in found.notes:
        terminal.say("NOTE", note)
    terminal.answer(document(found.document) if terminal.answers_in_json else as_yaml(found.document).rstrip())
    return Exit.DONE
