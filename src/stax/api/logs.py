"""What the tasks of services log, merged line by line."""

import queue
import re
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from stax.engine.services.naming import services_named, tasks_named
from stax.engine.services.swarm import Seen
from stax.engine.services.way import Reached, Where, reached
from stax.engine.site import Site
from stax.errors import StaxError, UsageError
from stax.events import Event
from stax.model.services import RunningService
from stax.remote.docker_api import DIAL, Docker

_LINE = re.compile(r"(?P<at>\S+) \S*com\.docker\.swarm\.task\.id=(?P<task>\w+)\S* ?(?P<text>.*)", re.DOTALL)
_SINCE = re.compile(r"(\d{1,6})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST_AT_ONCE = 10
"""sshd takes ten connections that are not logged in yet."""


@dataclass(frozen=True, kw_only=True)
class LogRequest:
    """What a person wants to read."""

    names: tuple[str, ...]
    """Stacks, services, or tasks such as web.2."""
    follow: bool = False
    since: str = ""
    """Such as 10m; empty: from the beginning."""
    lines: int = 100
    """The newest so many of each service."""
    grep: str = ""
    """A regular expression that a line must match."""


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A line of a task."""

    at: str
    task: str
    machine: str
    text: str


def logs(site: Site, where: Where, request: LogRequest) -> Generator[Event, None, Iterator[LogLine]]:
    """Return the lines as they come.  Raises NotFound for a service that does not run."""
    pattern = pattern_of(request.grep)
    since = since_of(request.since)
    way = yield from reached(site, where)
    try:
        seen = way.swarm.seen()
        services, only = asked(request.names, seen)
    except BaseException:
        way.close()
        raise
    query = {"stdout": "1", "stderr": "1", "timestamps": "1", "details": "1", "tail": str(request.lines)}
    query |= {"since": since} if since else {}
    query |= {"follow": "1"} if request.follow else {}
    lines = _merged(way, services, query) if request.follow else _in_turn(way, services, query)
    return (one for raw in lines if (one := line_of(raw, seen, only)) and pattern.search(one.text))


def asked(names: Sequence[str], seen: Seen) -> tuple[list[RunningService], set[str] | None]:
    """Return the services, and the ids of single tasks where some were asked for."""
    by_name = {(one.stack, one.name): one for one in seen.services}
    services: dict[str, RunningService] = {}
    only: set[str] = set()
    for name in names:
        stem, _, slot = name.rpartition(".")
        if stem and slot and any(stem in {one.stack, one.full_name} for one in seen.services):
            tasks = tasks_named(name, seen)
            only |= {task.id for task in tasks}
            found = [by_name[tasks[0].stack, tasks[0].service]]
        else:
            found = services_named(name, seen)
        services |= {one.id: one for one in found}
    if len(services) > MOST_AT_ONCE:
        raise UsageError(f"{len(services)} services at once are too many", hint=f"{MOST_AT_ONCE} at most")
    return list(services.values()), only or None


def _in_turn(way: Reached, services: Sequence[RunningService], query: dict[str, str]) -> Iterator[str]:
    found = []
    try:
        for service in services:
            found += list(way.swarm.docker.lines(f"/services/{service.id}/logs", query))
    finally:
        way.close()
    yield from sorted(found)


def _merged(way: Reached, services: Sequence[RunningService], query: dict[str, str]) -> Iterator[str]:
    """Yield lines of all services as they come, until the last of them has ended."""
    lines: queue.SimpleQueue[str | StaxError | None] = queue.SimpleQueue()
    machine = way.swarm.docker.machine
    argv = way.swarm.managers.agents.argv(machine, *DIAL[1:], program=DIAL[:1])
    way.close()

    def read(service: RunningService) -> None:
        try:
            for line in Docker(argv, machine=machine).lines(f"/services/{service.id}/logs", query, idle_s=None):
                lines.put(line)
        except StaxError as error:
            lines.put(error)
        finally:
            lines.put(None)

    for service in services:
        threading.Thread(target=read, args=(service,), daemon=True).start()
    left = len(services)
    while left:
        said = lines.get()
        if isinstance(said, StaxError):
            raise said
        if said is None:
            left -= 1
        else:
            yield said


def line_of(raw: str, seen: Seen, only: set[str] | None) -> LogLine | None:
    """Return a line of Docker's with its task; None for one of a task that was not asked for.  Pure."""
    found = _LINE.fullmatch(raw)
    if not found or (only is not None and found["task"] not in only):
        return None
    task = next((one for one in seen.tasks if one.id == found["task"]), None)
    name = task.name if task else found["task"][:8]
    return LogLine(at=found["at"], task=name, machine=task.machine if task else "", text=found["text"])


def pattern_of(text: str) -> "re.Pattern[str]":
    """Return what a line must match; raises UsageError for what is no regular expression."""
    try:
        return re.compile(text)
    except re.error as error:
        raise UsageError(f"--grep {text!r} is no regular expression: {error}") from error


def since_of(text: str) -> str:
    """Return the moment so long ago as Docker takes it; raises UsageError for what is no duration."""
    if not text:
        return ""
    found = _SINCE.fullmatch(text)
    if not found:
        raise UsageError(f"--since {text!r} is no duration", hint="such as 30s, 10m, 2h or 1d")
    return str(int(time.time()) - int(found[1]) * _SECONDS[found[2]])
