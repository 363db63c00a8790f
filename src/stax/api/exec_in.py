"""A command in a running container of a service: where it runs, and what to become."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from stax.api.connect import ConnectRequest, Session, connect
from stax.engine.services.naming import one_service, tasks_named
from stax.engine.services.swarm import Seen
from stax.engine.services.way import Where, reached
from stax.engine.site import Site
from stax.errors import NotFound
from stax.events import Event, StepDetail
from stax.model.services import Task


@dataclass(frozen=True, kw_only=True)
class ExecRequest:
    """What a person wants to run, and in which service: web, or its task web.2."""

    target: str
    words: tuple[str, ...]
    wants_tty: bool = False


def exec_in(site: Site, where: Where, request: ExecRequest) -> Generator[Event, None, Session]:
    """Return the ssh command that runs the words in a container.  Raises NotFound when no task of it runs."""
    way = yield from reached(site, where)
    with closing(way):
        task = running_task(request.target, way.swarm.seen())
    yield StepDetail(text=f"{task.name} on {task.machine}")
    flags = ("--interactive", "--tty") if request.wants_tty else ("--interactive",)
    words = ("sudo", "docker", "exec", *flags, task.container, *request.words)
    wish = ConnectRequest(
        name=way.name,
        target=task.instance_id,
        words=words,
        wants_tty=request.wants_tty,
        ssh_key=where.ssh_key,
    )
    return (yield from connect(site, wish, person_home=where.person_home))


def running_task(name: str, seen: Seen) -> Task:
    """Return a task that runs: the named one, else the first of the service."""
    stem = name.rpartition(".")[0]
    is_task = any(stem in {one.stack, one.full_name} for one in seen.services)
    tasks = tasks_named(name, seen) if is_task else seen.tasks_of(one_service(name, seen))
    running = sorted((one for one in tasks if one.state == "running" and one.container), key=lambda one: one.slot)
    if not running:
        raise NotFound(f"no task of {name} runs", hint="stax ps --all shows what became of them")
    return running[0]
