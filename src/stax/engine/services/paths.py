"""Where a service's port is reached from the docker host on which it runs."""

from stax.compose.suggest import did_you_mean
from stax.engine.services.swarm import Seen, Swarm
from stax.errors import NotFound, StaxError
from stax.model.services import Task

GATEWAY_BRIDGE = "docker_gwbridge"
"""On it every container of a Swarm has an address that its own host can reach."""


def chosen_task(seen: Seen, wish: str) -> Task:
    """Return a task that runs, of a stack, a service or by its own name; raises NotFound with what there is."""
    running = [one for one in seen.tasks if one.state == "running" and one.wanted == "running"]
    for task in running:
        service = f"{task.stack}_{task.service}"
        # A stack's name means the service of the same name before any other of its services.
        if wish in {task.name, service, f"{task.service}.{task.slot}"} or (task.stack, task.service) == (wish, wish):
            return task
    of_stack = [one for one in running if one.stack == wish]
    if len({one.service for one in of_stack}) == 1:
        return of_stack[0]
    names = sorted({f"{one.stack}_{one.service}" for one in running})
    if of_stack:
        parts = [one for one in names if one.startswith(f"{wish}_")]
        raise NotFound(f"{wish} has several services", hint=f"which one? {', '.join(parts)}")
    known = ", ".join(names) or "none"
    raise NotFound(f"no task of {wish!r} runs{did_you_mean(wish, names)}", hint=f"what runs: {known}")


def address_of(swarm: Swarm, seen: Seen, task: Task, port: int) -> str:
    """Return where the task's host reaches its port: a published one, or any of the container's own.

    Raises StaxError when the container is on no network that its host is on.
    """
    service = next(one for one in seen.services if (one.stack, one.name) == (task.stack, task.service))
    published = {one.published: one.target for one in service.ports if one.mode == "host"}
    engine = swarm.engine_of(task.machine)
    try:
        there = engine.get(f"/networks/{GATEWAY_BRIDGE}").get("Containers") or {}
    finally:
        engine.close()
    address = str(there.get(task.container, {}).get("IPv4Address", "")).partition("/")[0]
    if not address:
        message = f"{task.name} is on no network that {task.machine} reaches"
        raise StaxError(message, hint="a network that is internal, or the host's own, cannot be forwarded to")
    return f"{address}:{published.get(port, port)}"
