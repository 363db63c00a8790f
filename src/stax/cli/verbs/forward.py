"""`stax forward SERVICE [LOCAL:]PORT`."""

import time
from argparse import Namespace
from pathlib import Path

from stax.api.forward import ForwardRequest, forward
from stax.cli.follow import Interrupted
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.terminal import Terminal
from stax.engine.services.way import Where
from stax.errors import Unhealthy
from stax.remote.forwarding import LOOPBACK, forwarding

OPENS_WITHIN_S = 60.0
LOOKED_EVERY_S = 0.1


def run(values: Namespace, terminal: Terminal) -> int:
    """Lead a port to a service until Ctrl-C."""
    key = Path(values.ssh_key) if values.ssh_key else None
    where = Where(person_home=Path.home(), name=values.name or "", ssh_key=key)
    request = ForwardRequest(service=values.service, port=values.port)
    path = heard(forward(site_of(values, terminal), request, where), terminal)
    try:
        with forwarding(path.argv, machine=path.machine) as there:
            stops_at = time.monotonic() + OPENS_WITHIN_S
            while not there.listens_at(path.local_port):
                if time.monotonic() > stops_at:
                    raise Unhealthy(f"no port led to {path.machine} within {OPENS_WITHIN_S:.0f} s")
                time.sleep(LOOKED_EVERY_S)
            told = {"local": f"{LOOPBACK}:{path.local_port}", "task": path.task, "machine": path.machine, "to": path.to}
            words = f"{told['local']} leads to {path.task} on {path.machine} ({path.to}), until Ctrl-C"
            terminal.answer(document(told) if terminal.answers_in_json else words)
            terminal.flush()
            there.wait()
    except KeyboardInterrupt as stop:
        raise Interrupted(f"port {path.local_port} leads nowhere any more") from stop
    raise AssertionError("ssh has ended without a word")
