"""A Swarm at one moment, in few words."""

from collections.abc import Sequence
from typing import Any

from stax.engine.services.answers import Node
from stax.engine.services.swarm import Seen
from stax.model.services import Port, RunningService, Task

GIB = 1 << 30


def node(name: str, *, cpus: int = 2, memory_bytes: int = 4 * GIB, takes_tasks: bool = True) -> Node:
    return Node(
        id=f"id-{name}",
        name=name,
        instance_id=f"i-{name}",
        nano_cpus=cpus * 10**9,
        memory_bytes=memory_bytes,
        takes_tasks=takes_tasks,
    )


def service(name: str, stack: str = "", *, wanted: int = 1, running: int = 1, fingerprint: str = "f", **more: Any):
    fields: dict[str, Any] = {"is_global": False, "ports": (), "image": "box:1", "id": f"id-{name}", **more}
    return RunningService(
        stack=stack or name, name=name, wanted=wanted, running=running, fingerprint=fingerprint, **fields
    )


def task(name: str, slot: str = "1", *, state: str = "running", fingerprint: str = "f", **more: Any) -> Task:
    wanted = "running" if state in {"running", "starting", "pending"} else "shutdown"
    fields: dict[str, Any] = {
        "id": f"{name}.{slot}.{state}.{fingerprint}",
        "stack": name,
        "machine": "docker1",
        "instance_id": "i-docker1",
        "image": "box:1",
        "since": None,
        "wanted": wanted,
        **more,
    }
    return Task(service=name, slot=slot, state=state, fingerprint=fingerprint, **fields)


def seen(
    services: Sequence[RunningService] = (),
    tasks: Sequence[Task] = (),
    nodes: Sequence[Node] = (node("docker1"), node("docker2")),
    reserved: dict[str, tuple[int, int]] | None = None,
) -> Seen:
    return Seen(nodes=tuple(nodes), services=tuple(services), tasks=tuple(tasks), reserved=reserved or {})


def port(number: int) -> Port:
    return Port(published=number, target=80)
