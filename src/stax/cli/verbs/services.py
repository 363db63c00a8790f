"""`stax services [SERVICE]`."""

from argparse import Namespace

from stax.api.services import history_of, services
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.rollouts import own_services, place_in
from stax.cli.story import heard
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.errors import Exit
from stax.model.services import Revision


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what runs and what could, or the revisions of one service."""
    site, where = site_of(values, terminal), place_in(values)
    if values.service:
        return _revisions(heard(history_of(site, where, values.service), terminal), terminal)
    said = heard(services(site, where, own_services(values)), terminal)
    if terminal.answers_in_json:
        terminal.answer(document(said))
        return Exit.DONE
    rows = [(one.name, one.state, one.replicas, one.image, one.ports, one.health, one.what) for one in said.rows]
    headings = ("SERVICE", "STATE", "REPLICAS", "IMAGE", "PORTS", "HEALTH", "WHAT")
    show(Table(headings=headings, rows=rows, dispensable=("IMAGE", "WHAT")), terminal)
    return Exit.DONE


def _revisions(found: list[Revision], terminal: Terminal) -> int:
    if terminal.answers_in_json:
        terminal.answer(document({"revisions": found}))
        return Exit.DONE
    rows = [(str(one.number), f"{one.at:%Y-%m-%d %H:%M:%S}", one.outcome, one.verb, one.by) for one in found]
    headings = ("REVISION", "AT, UTC", "OUTCOME", "BY WHICH", "BY WHOM")
    show(Table(headings=headings, rows=rows, numbers=frozenset({"REVISION"})), terminal)
    return Exit.DONE
