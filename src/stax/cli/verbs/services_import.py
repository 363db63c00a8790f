"""`stax services import UNIT…`."""

from argparse import Namespace
from pathlib import Path

from stax.api.services_import import services_import
from stax.cli.json_text import document
from stax.cli.rollouts import BESIDE_THE_CONFIGURATION
from stax.cli.terminal import Terminal
from stax.config import DEFAULT_PATH
from stax.errors import Exit, UsageError


def run(values: Namespace, terminal: Terminal) -> int:
    """Write a service for each unit, and list what could not be carried over."""
    if not values.unit:
        raise UsageError("import which unit?", hint="stax services import jenkins.service")
    beside = (Path(values.config) if values.config else DEFAULT_PATH).parent / BESIDE_THE_CONFIGURATION
    found = services_import([Path(one) for one in values.unit], Path(values.services) if values.services else beside)
    if terminal.answers_in_json:
        terminal.answer(document(found))
        return Exit.DONE
    for one in found:
        terminal.answer(f"{one.service}  {one.folder}")
        for line in one.left_out:
            terminal.answer(f"  not carried over: {line}")
    return Exit.DONE
