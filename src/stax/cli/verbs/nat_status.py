"""`stax nat status [NAME]`."""

from argparse import Namespace
from contextlib import closing
from pathlib import Path

from stax.api.nat_status import nat_status
from stax.api.nat_watch import News, watch_pair
from stax.cli.follow import Interrupted
from stax.cli.json_text import document, line_of
from stax.cli.nat_tables import change_line, event_line, show_nat_status
from stax.cli.place import site_of
from stax.cli.screens.wording import lines_of
from stax.cli.terminal import Terminal
from stax.engine.site import Site
from stax.errors import Exit
from stax.events import Event
from stax.model.nat import NatChange, NatStatus


def run(values: Namespace, terminal: Terminal) -> int:
    """Show how the pair is, and every change after that when asked to."""
    site = site_of(values, terminal)
    status = nat_status(site, values.name or "")
    if not terminal.answers_in_json:
        show_nat_status(status, terminal)
    else:
        terminal.answer(line_of(status) if values.watch else document(status))
    if values.watch:
        _watch(site, status, values, terminal)
    return Exit.DONE if status.is_sound else Exit.UNHEALTHY


def _watch(site: Site, status: NatStatus, values: Namespace, terminal: Terminal) -> None:
    """Tell what happens until Ctrl-C, which is how this ends.  Raises Interrupted."""
    ssh_key = Path(values.ssh_key) if values.ssh_key else None
    try:
        with closing(watch_pair(site, status.name, ssh_key=ssh_key, person_home=Path.home())) as story:
            terminal.answer("")
            for news in story:
                _tell(news, terminal)
    except KeyboardInterrupt as cause:
        raise Interrupted(f"stopped watching the NAT boxes of {status.name}") from cause


def _tell(news: News, terminal: Terminal) -> None:
    if isinstance(news, Event):
        for label, text in lines_of(news):
            terminal.say(label or "----", text)
        return
    if terminal.answers_in_json:
        terminal.answer(line_of(news))
    else:
        terminal.answer(change_line(news) if isinstance(news, NatChange) else event_line(news))
    terminal.flush()
