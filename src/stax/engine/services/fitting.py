"""Whether the cluster has what a stack asks for: ports, processors, memory, hosts.  Pure."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from stax.engine.services.answers import Node
from stax.engine.services.swarm import ENDED, Seen
from stax.model.services import Definition, Port, RunningService

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def obstacles(stack: str, definition: Definition, seen: Seen) -> Iterator[str]:
    """Yield everything that the cluster cannot give, in words, each with how much there is."""
    yield from _ports_in_use(stack, definition, seen)
    hosts = [node for node in seen.nodes if node.takes_tasks]
    if not hosts:
        yield "no docker host takes tasks: stax check says why"
        return
    for name, service in definition["services"].items():
        if "ingress" not in {port["mode"] for port in service.get("ports", ())}:
            yield from _too_few_hosts(f"{stack}_{name}", service, len(hosts))
        yield from _too_large(f"{stack}_{name}", service, stack, seen, hosts)


def with_planned(seen: Seen, stack: str, definition: Definition) -> Seen:
    """Return the Swarm as it is once a stack is what it is to be, as far as ports go: for what is started behind it."""
    others = tuple(one for one in seen.services if one.stack != stack)
    planned = tuple(
        RunningService(
            id="",
            stack=stack,
            name=name,
            image=body["image"],
            wanted=body["deploy"].get("replicas", 1),
            running=0,
            is_global=body["deploy"]["mode"] == "global",
            ports=tuple(Port(**one) for one in body.get("ports", ())),
            fingerprint="",
        )
        for name, body in definition["services"].items()
    )
    return replace(seen, services=(*others, *planned))


def _ports_in_use(stack: str, definition: Definition, seen: Seen) -> Iterator[str]:
    taken = {
        (port.published, port.protocol): one.full_name
        for one in seen.services
        if one.stack != stack
        for port in one.ports
    }
    for name, service in definition["services"].items():
        for port in service.get("ports", ()):
            key = (port["published"], port["protocol"])
            if key in taken:
                yield f"{stack}_{name} wants port {key[0]}/{key[1]}, which {taken[key]} has: publish another"
            taken[key] = f"{stack}_{name}"


def _too_few_hosts(name: str, service: Mapping[str, Any], hosts: int) -> Iterator[str]:
    replicas = service["deploy"].get("replicas", 1)
    most = (service["deploy"].get("placement") or {}).get("max_replicas_per_node", 0)
    ports = ", ".join(str(port["published"]) for port in service.get("ports", ()))
    if ports and replicas > hosts:
        yield (
            f"{name} asks for {replicas} tasks, each with port {ports} of a docker host to itself, and there "
            f"{_hosts(hosts)}: have fewer replicas, or more hosts with stax scale {replicas}"
        )
    elif most and replicas > hosts * most:
        yield f"{name} asks for {replicas} tasks, {most} at most on each docker host, and there {_hosts(hosts)}"


def _hosts(number: int) -> str:
    return "is 1 docker host" if number == 1 else f"are {number} docker hosts"


def _too_large(name: str, service: Mapping[str, Any], stack: str, seen: Seen, hosts: list[Node]) -> Iterator[str]:
    wanted = (service["deploy"].get("resources") or {}).get("reservations") or {}
    cpus, memory = nano_cpus(wanted.get("cpus", 0)), memory_bytes(wanted.get("memory", 0))
    if not cpus and not memory:
        return
    free = [_free(node, stack, seen) for node in hosts]
    places = sum(_places(one, cpus, memory) for one in free)
    is_global = service["deploy"]["mode"] == "global"
    replicas = len(hosts) if is_global else service["deploy"].get("replicas", 1)
    most = 1 if is_global else replicas
    if min(places, sum(min(_places(one, cpus, memory), most) for one in free)) < replicas:
        each = f"{cpus / 1e9:g} processors and {memory / (1 << 20):.0f} MiB"
        there = ", ".join(
            f"{node.name} {one[0] / 1e9:g} and {one[1] / (1 << 20):.0f} MiB"
            for node, one in zip(hosts, free, strict=True)
        )
        yield f"{name} reserves {each} for each of {replicas} tasks, and there is room for {places}; free: {there}"


def _free(node: Node, stack: str, seen: Seen) -> tuple[int, int]:
    """Return what nobody has reserved on a node, the stack's own tasks not counted: they make room for new ones."""
    on_it = [one for one in seen.tasks if one.machine == node.name and one.stack != stack and one.state not in ENDED]
    reserved = [seen.reserved.get(one.id, (0, 0)) for one in on_it]
    cpus, memory = (sum(one[part] for one in reserved) for part in (0, 1))
    return node.nano_cpus - cpus, node.memory_bytes - memory


def _places(free: tuple[int, int], cpus: int, memory: int) -> int:
    by_cpu = free[0] // cpus if cpus else math.inf
    by_memory = free[1] // memory if memory else math.inf
    return max(0, int(min(by_cpu, by_memory)))


def nano_cpus(value: Any) -> int:
    """Return a number of processors in Docker's unit."""
    return round(float(value or 0) * 1e9)


def memory_bytes(value: Any) -> int:
    """Return an amount of memory such as 512M in bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?", str(value or 0).lower())
    return round(float(found[1]) * _UNITS[found[2]]) if found else 0
