"""`stax nat drain BOX`."""

from argparse import Namespace
from pathlib import Path

from stax.api.nat_drain import NatRequest, drain
from stax.cli.answers import tell_result
from stax.cli.follow import Interrupted, follow
from stax.cli.nat_tables import carried_lines
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.errors import Exit


def run(values: Namespace, terminal: Terminal) -> int:
    """Drain the box and wait until the other one carries everything."""
    site = site_of(values, terminal)
    ssh_key = Path(values.ssh_key) if values.ssh_key else None
    request = NatRequest(box=values.box, name=values.name or "", ssh_key=ssh_key)
    left = Interrupted(f"stopped waiting for {values.box}; what it was told holds", hint="see stax nat status")
    story = drain(site, request, person_home=Path.home())
    status = follow(story, terminal, is_answer=True, interrupted=left)
    tell_result(status, carried_lines(status), terminal)
    return Exit.DONE
