"""What runs, and what could: a line for each service, and the revisions of one stack."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from stax.compose.catalogue import catalogue
from stax.engine.services.naming import revisions_of, tasks_named
from stax.engine.services.swarm import ENDED, Seen
from stax.engine.services.way import Where, reached
from stax.engine.site import Site
from stax.events import Event
from stax.model.services import CatalogueService, Revision, RunningService, ServiceRow, Task


@dataclass(frozen=True, kw_only=True)
class Services:
    """What runs and what could."""

    rows: tuple[ServiceRow, ...]


def services(site: Site, where: Where, folder: Path | None) -> Generator[Event, None, Services]:
    """Return a row for each service that runs, was stopped, or is in the catalogue."""
    known = catalogue(folder)
    way = yield from reached(site, where)
    with closing(way):
        seen, revisions = way.swarm.seen(), way.swarm.revisions()
    return Services(rows=tuple(rows(seen, revisions, known)))


def history_of(site: Site, where: Where, stack: str) -> Generator[Event, None, list[Revision]]:
    """Return a stack's revisions, the newest first; raises NotFound when it was never deployed."""
    way = yield from reached(site, where)
    with closing(way):
        return revisions_of(stack, way.swarm.revisions())


def tasks(site: Site, where: Where, names: Sequence[str], *, ended: bool) -> Generator[Event, None, list[Task]]:
    """Return the tasks of these services, of all without a name; also those that have ended when asked for."""
    way = yield from reached(site, where)
    with closing(way):
        seen = way.swarm.seen()
    found = [task for name in names for task in tasks_named(name, seen)] if names else list(seen.tasks)
    return sorted(
        (one for one in found if ended or one.state not in ENDED or one.wanted == "running"),
        key=lambda one: (one.stack, one.service, len(one.slot), one.slot),
    )


def rows(seen: Seen, revisions: Sequence[Revision], known: Mapping[str, CatalogueService]) -> Iterator[ServiceRow]:
    """Yield what runs, then what was stopped, then the rest of the catalogue.  Pure."""
    running = {one.stack for one in seen.services}
    for service in seen.services:
        yield _running(service, seen, known.get(service.stack))
    stopped = {one.stack: one for one in reversed(revisions) if one.stack not in running}
    for stack, last in sorted(stopped.items()):
        images = ", ".join(body["image"] for body in last.definition["services"].values())
        yield _resting(stack, "stopped", images, known.get(stack))
    for name, one in known.items():
        if name not in running and name not in stopped:
            yield _resting(name, "-", "", one)


def _running(service: RunningService, seen: Seen, offered: CatalogueService | None) -> ServiceRow:
    trouble = next((task.trouble for task in seen.tasks_of(service) if task.trouble), "")
    if service.wanted == 0:
        state, health = "stopped", "no task is wanted"
    elif service.is_healthy:
        state, health = "running", "healthy"
    else:
        state = "updating" if service.update == "updating" else "degraded" if service.running else "starting"
        health = trouble or f"{service.wanted - service.running} not healthy"
    return ServiceRow(
        name=service.full_name,
        state=state,
        replicas=f"{service.running}/{service.wanted}",
        image=service.image,
        ports=", ".join(map(str, service.ports)) or "-",
        health=health,
        what=offered.title if offered else "",
    )


def _resting(name: str, state: str, image: str, offered: CatalogueService | None) -> ServiceRow:
    ports = ", ".join(f"{one.number}/{one.protocol}" for one in offered.ports) if offered else ""
    what = offered.summary or offered.title if offered else ""
    return ServiceRow(
        name=name, state=state, replicas="-", image=image or "-", ports=ports or "-", health="-", what=what
    )
