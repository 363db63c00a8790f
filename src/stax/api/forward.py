"""A port of this machine that leads to a service behind the jumpbox.

path = yield from forward(site, ForwardRequest(service="kibana", port="5601"), where)
with forwarding(passage.argv, machine=passage.machine) as there: …
"""

import re
from collections.abc import Generator
from dataclasses import dataclass

from stax.engine.agents import agents_of
from stax.engine.private_key import private_key_of
from stax.engine.selection import selected_stack
from stax.engine.services.paths import address_of, chosen_task
from stax.engine.services.way import Where, reached
from stax.engine.site import Site
from stax.errors import UsageError
from stax.events import Event
from stax.remote.forwarding import HIGHEST_PORT, forward_argv, refuse_taken
from stax.remote.host import alias_of

_PORTS = re.compile(r"(?:([0-9]{1,5}):)?([0-9]{1,5})")


@dataclass(frozen=True, kw_only=True)
class ForwardRequest:
    """What a person asks for."""

    service: str
    """A stack's name, a service's, or a task's, such as web.2."""
    port: str
    """[LOCAL:]PORT."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What leads where."""

    local_port: int
    task: str
    machine: str
    to: str
    """Address and port as the machine sees it."""
    argv: tuple[str, ...]
    """ssh that does it."""


def forward(site: Site, request: ForwardRequest, where: Where) -> Generator[Event, None, Passage]:
    """Find a task that runs, and the way to its port; nothing is opened yet.

    Raises UsageError for a port that is taken here, NotFound for a service that does not run.
    """
    local, port = ports(request.port)
    refuse_taken(local)
    way = yield from reached(site, where)
    try:
        seen = way.swarm.seen()
        task = chosen_task(seen, request.service)
        to = address_of(way.swarm, seen, task, port)
    finally:
        way.close()
    stack = selected_stack(site.aws, way.name)
    key = private_key_of(site, stack, wish=where.ssh_key, person_home=where.person_home)
    agents = yield from agents_of(site, stack, [task.machine], key=key)
    destination = alias_of(stack.name, task.machine)
    argv = forward_argv(agents.program, str(agents.config), destination, local=local, to=to)
    return Passage(local_port=local, task=task.name, machine=task.machine, to=to, argv=tuple(argv))


def ports(text: str) -> tuple[int, int]:
    """Return the port here and the port there; raises UsageError for what is none."""
    found = _PORTS.fullmatch(text)
    numbers = [int(one) for one in found.groups() if one] if found else []
    if not numbers or not all(0 < one <= HIGHEST_PORT for one in numbers):
        raise UsageError(f"{text!r} is no port", hint="PORT, or LOCAL:PORT, such as 8080 or 18080:8080")
    return numbers[0], numbers[-1]
