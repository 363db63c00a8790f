"""What Swarm has, in fleet's nouns: machines, units and unit files.  Pure: the Engine API's answers in, nouns out.

A machine is a node, known by its host's instance id; a unit is a task, a unit file a service.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answer = Mapping[str, Any]

INSTANCE_LABEL = "instance-id"
"""The node label that the leader's agent keeps: which host a node is."""
STOPPED = "node.labels.stax.started == never"
"""The constraint that no node meets: how a global service is stopped."""
REPLICAS_LABEL = "stax.replicas"
"""How many tasks a stopped service had."""

_ENDED = ("inactive", "dead")
ACTIVE = {
    "running": ("active", "running"),
    "complete": _ENDED,
    "shutdown": _ENDED,
    "remove": _ENDED,
    "orphaned": _ENDED,
    "failed": ("failed", "failed"),
    "rejected": ("failed", "failed"),
}
"""systemd's words for the states of a task; in any other state it is on its way: activating."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A docker host that is up."""

    id: str
    address: str
    node: str = ""
    """Swarm's id of it; empty where only the report of the hosts was asked."""
    metadata: Mapping[str, str] = field(default_factory=dict)

    def legend(self, *, full: bool) -> str:
        """Return `i-0f3a9c.../10.183.2.219`."""
        return f"{shortened(self.id, full=full)}/{self.address}" if self.address else shortened(self.id, full=full)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A task: `web.1`, or `web` on each of the machines when the service is global."""

    name: str
    service: str
    machine: Machine | None
    state: str
    """Docker's word."""
    trouble: str = ""
    since: str = ""
    task: str = ""

    @property
    def active(self) -> str:
        """systemd's first word for it."""
        return ACTIVE.get(self.state, ("activating", ""))[0]

    @property
    def sub(self) -> str:
        """systemd's second word, Docker's own while it is on its way."""
        return ACTIVE.get(self.state, ("", self.state))[1]


@dataclass(frozen=True, kw_only=True)
class UnitFile:
    """A service."""

    name: str
    id: str
    hash: str
    desired: str
    """launched, or loaded when it is stopped."""
    state: str
    target: Machine | None
    is_global: bool
    wanted: int | None
    """How many tasks there are to be; None for a global service, which has one on every machine."""
    version: int
    spec: Answer


def machines(nodes: Iterable[Answer]) -> list[Machine]:
    """Return the nodes that are up, sorted by id, as fleet lists them."""
    found = (_machine(node) for node in nodes if node.get("Status", {}).get("State") == "ready")
    return sorted(found, key=lambda machine: machine.id)


def _machine(node: Answer) -> Machine:
    labels = dict(node.get("Spec", {}).get("Labels") or {})
    manager = node.get("ManagerStatus") or {}
    address = str(manager.get("Addr", "")).rpartition(":")[0] or str(node.get("Status", {}).get("Addr", ""))
    identifier = labels.pop(INSTANCE_LABEL, "") or str(node["ID"])
    return Machine(id=identifier, address=address, node=str(node["ID"]), metadata=labels)


def units(services: Iterable[Answer], tasks: Iterable[Answer], there: Sequence[Machine]) -> list[Unit]:
    """Return the newest task of every place that a service has, sorted by name and machine."""
    named = {service["ID"]: service for service in services}
    by_node = {machine.node: machine for machine in there}
    newest: dict[tuple[str, ...], Answer] = {}
    for task in sorted(tasks, key=lambda one: str(one.get("CreatedAt", ""))):
        service = named.get(task.get("ServiceID"))
        if service is None or task.get("DesiredState") == "remove":
            continue
        if _is_global(service) and task.get("NodeID", "") not in by_node:
            continue  # its machine is gone, and no other takes its place
        place = task.get("NodeID", "") if _is_global(service) else str(task.get("Slot", ""))
        newest[service["ID"], place] = task
    found = [_unit(named[task["ServiceID"]], task, by_node) for task in newest.values()]
    return sorted(found, key=lambda unit: (_naturally(unit.name), unit.machine.id if unit.machine else ""))


def _unit(service: Answer, task: Answer, by_node: Mapping[str, Machine]) -> Unit:
    name, status = str(service["Spec"]["Name"]), task.get("Status", {})
    return Unit(
        name=name if _is_global(service) else f"{name}.{task.get('Slot', '')}",
        service=name,
        machine=by_node.get(str(task.get("NodeID", ""))),
        state=str(status.get("State", "unknown")),
        trouble=str(status.get("Err", "")),
        since=str(status.get("Timestamp", "")),
        task=str(task["ID"]),
    )


def unit_files(services: Iterable[Answer], running: Sequence[Unit]) -> list[UnitFile]:
    """Return the services, sorted by name; `running` are the units there are."""
    return sorted((_unit_file(service, running) for service in services), key=lambda one: one.name)


def _unit_file(service: Answer, running: Sequence[Unit]) -> UnitFile:
    spec = service["Spec"]
    name = str(spec["Name"])
    wanted = _wanted(spec)
    own = [unit for unit in running if unit.service == name and unit.active == "active"]
    is_launched = STOPPED not in constraints(spec) if wanted is None else wanted > 0
    target = (
        own[0].machine if wanted is not None and len({unit.machine.id for unit in own if unit.machine}) == 1 else None
    )
    return UnitFile(
        name=name,
        id=str(service["ID"]),
        hash=hashlib.sha1(json.dumps(spec, sort_keys=True).encode(), usedforsecurity=False).hexdigest(),
        desired="launched" if is_launched else "loaded",
        state="launched" if own else "loaded",
        target=target,
        is_global=_is_global(service),
        wanted=wanted,
        version=int(service.get("Version", {}).get("Index", 0)),
        spec=spec,
    )


def constraints(spec: Answer) -> list[str]:
    """Return where the tasks of a service may run."""
    return list(spec.get("TaskTemplate", {}).get("Placement", {}).get("Constraints") or ())


def _wanted(spec: Answer) -> int | None:
    mode = spec.get("Mode", {})
    if "Replicated" in mode:
        return int((mode["Replicated"] or {}).get("Replicas", 1))
    if "ReplicatedJob" in mode:
        return int((mode["ReplicatedJob"] or {}).get("TotalCompletions", 1))
    return None


def _is_global(service: Answer) -> bool:
    return not {"Replicated", "ReplicatedJob"} & set(service["Spec"].get("Mode", {}))


def shortened(identifier: str, *, full: bool) -> str:
    """Return the first 8 characters and `...`."""
    return identifier if full or len(identifier) <= 8 else f"{identifier[:8]}..."


def _naturally(name: str) -> tuple[str, int]:
    stem, _, number = name.rpartition(".")
    return (stem, int(number)) if number.isdigit() else (name, 0)
