"""The services that run on this host, as consul is to have them: by Docker's word, each task with its health.  Pure.

A service of a stack is known by the stack's name where it has the same, else as STACK-SERVICE: a name in DNS holds
no underscore.  Its address is the host's, its port the one that the task publishes there; where it publishes
several, each is an entry, with the port's number as its tag.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SERVICE_LABEL = "com.docker.swarm.service.name"
TASK_LABEL = "com.docker.swarm.task.id"
STACK_LABEL = "com.docker.stack.namespace"
META = "stax-task"
"""What tells our entries from those that somebody else has registered: these are never touched."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One task under one of its ports."""

    id: str
    name: str
    task: str
    port: int
    """0 for a task that publishes none."""
    is_healthy: bool
    says: str
    """Docker's own words, such as Up 5 minutes (healthy)."""

    @property
    def tags(self) -> tuple[str, ...]:
        """By which one of several ports is asked for: 443.edge.service.consul."""
        return (str(self.port),) if self.port else ()


def entries(containers: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    """Yield what the running containers of Swarm's tasks amount to; containers as the Engine API lists them."""
    for container in containers:
        labels = container.get("Labels") or {}
        task = str(labels.get(TASK_LABEL, ""))
        name = consul_name(str(labels.get(SERVICE_LABEL, "")), str(labels.get(STACK_LABEL, "")))
        if not task or not name or container.get("State") != "running":
            continue
        says = str(container.get("Status", ""))
        is_healthy = "(unhealthy)" not in says and "(health: starting)" not in says
        for port in _published(container) or [0]:
            made = f"{task}-{port}" if port else task
            yield Entry(id=made, name=name, task=task, port=port, is_healthy=is_healthy, says=_steady(says))


def consul_name(service: str, stack: str) -> str:
    """Return the name of a Swarm service in consul: lower-case letters, digits and hyphens."""
    short = service.removeprefix(f"{stack}_") if stack else service
    name = short if short == stack or not stack else f"{stack}-{short}"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _published(container: Mapping[str, Any]) -> list[int]:
    """Return the ports of the host, each once: Docker lists one for IPv4 and one for IPv6."""
    return sorted({int(one["PublicPort"]) for one in container.get("Ports") or () if one.get("PublicPort")})


def _steady(says: str) -> str:
    """Return Docker's words without the time, which would make a new report of every look."""
    found = re.search(r"\(.*\)", says)
    return found[0].strip("()") if found else "runs; it has no health check"


@dataclass(frozen=True)
class Register:
    """An entry that consul does not have, or has otherwise."""

    entry: Entry


@dataclass(frozen=True)
class Deregister:
    """An entry of ours whose task runs here no more."""

    id: str
    name: str


def changes(
    wanted: Iterable[Entry], known: Mapping[str, Mapping[str, Any]], address: str
) -> Iterator[Register | Deregister]:
    """Yield what makes consul's entries the wanted ones; `known` as consul's agent lists its services."""
    there = {entry.id: entry for entry in wanted}
    for entry in there.values():
        if not _is_same(entry, known.get(entry.id), address):
            yield Register(entry)
    for made, service in known.items():
        if made not in there and META in (service.get("Meta") or {}):
            yield Deregister(made, str(service.get("Service", made)))


def _is_same(entry: Entry, service: Mapping[str, Any] | None, address: str) -> bool:
    if service is None:
        return False
    found = (service.get("Service"), service.get("Address"), service.get("Port"), tuple(service.get("Tags") or ()))
    return found == (entry.name, address, entry.port, entry.tags)
