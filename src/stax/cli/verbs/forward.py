"""`stax forward SERVICE [LOCAL:]PORT`."""

from argparse import Namespace
from typing import NoReturn

from stax.api.forward import ForwardRequest, Passage, forward
from stax.cli.follow import Interrupted
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.terminal import Terminal
from stax.cli.verbs.secret_set import where_of
from stax.engine.clock import Stopwatch
from stax.errors import Unhealthy
from stax.remote.forwarding import LOOPBACK, Forwarding, forwarding

OPENS_WITHIN_S = 60.0
LOOKED_EVERY_S = 0.1


def run(values: Namespace, terminal: Terminal) -> NoReturn:
    """Lead a port to a service until Ctrl-C, or until the connection breaks off."""
    site = site_of(values, terminal)
    request = ForwardRequest(service=values.service, port=values.port)
    passage = heard(forward(site, request, where_of(values)), terminal)
    try:
        with forwarding(passage.argv, machine=passage.machine) as there:
            _opened(there, passage, site.stopwatch(OPENS_WITHIN_S))
            _tell(passage, terminal)
            there.wait()
    except KeyboardInterrupt as stop:
        raise Interrupted(f"port {passage.local_port} leads nowhere any more") from stop


def _opened(there: Forwarding, passage: Passage, stopwatch: Stopwatch) -> None:
    while not there.listens_at(passage.local_port):
        if stopwatch.is_over:
            raise Unhealthy(f"no port led to {passage.machine} within {OPENS_WITHIN_S:.0f} s")
        stopwatch.pause(longest_s=LOOKED_EVERY_S)


def _tell(passage: Passage, terminal: Terminal) -> None:
    local = f"{LOOPBACK}:{passage.local_port}"
    told = {"local": local, "task": passage.task, "machine": passage.machine, "to": passage.to}
    words = f"{local} leads to {passage.task} on {passage.machine} ({passage.to}), until Ctrl-C"
    terminal.answer(document(told) if terminal.answers_in_json else words)
    terminal.flush()
