"""`stax ps [SERVICE…]`."""

from argparse import Namespace
from datetime import UTC, datetime

from stax.api.services import tasks
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.rollouts import place_in
from stax.cli.story import heard
from stax.cli.tables import Table, show
from stax.cli.terminal import Terminal
from stax.cli.text import age
from stax.errors import Exit
from stax.model.services import Task


def run(values: Namespace, terminal: Terminal) -> int:
    """Show the tasks, where each runs and since when."""
    story = tasks(site_of(values, terminal), place_in(values), values.service, ended=values.all)
    found = heard(story, terminal)
    if terminal.answers_in_json:
        terminal.answer(document({"tasks": found}))
        return Exit.DONE
    now = datetime.now(UTC)
    rows = [(one.name, one.machine or "-", one.state, _age(one, now), one.image, one.trouble or "-") for one in found]
    headings = ("TASK", "MACHINE", "STATE", "SINCE", "IMAGE", "TROUBLE")
    show(Table(headings=headings, rows=rows, dispensable=("IMAGE",)), terminal)
    return Exit.DONE


def _age(task: Task, now: datetime) -> str:
    return age(task.since, now) if task.since else "-"
