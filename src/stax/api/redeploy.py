"""Deploying anew what was deployed before: another number of tasks, all tasks anew, an older revision.

Each returns what `start` carries out: the same plan, health gate and way back.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from stax.api.services_plan import Prepared, compared
from stax.engine.services.naming import one_service, revisions_of, services_named
from stax.engine.services.planning import RESTART, Wish, last_deployed, last_good
from stax.engine.services.swarm import Seen
from stax.engine.services.way import Where, reached
from stax.engine.site import Site
from stax.errors import NotFound, StaxError, UsageError
from stax.events import Event, StaxNamed, StepStarted
from stax.model.services import Definition, Revision


@dataclass(frozen=True, kw_only=True)
class Restart:
    """All tasks of these services anew, as each is defined now."""

    services: tuple[str, ...]
    verb = "restart"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Another number of tasks for a service."""

    service: str
    replicas: int

    @property
    def verb(self) -> str:
        """Return what the revision will say."""
        return f"scale {self.service}={self.replicas}"


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """An older revision of a stack."""

    service: str
    to: int | None = None
    """None: the healthy one before the one that runs."""
    verb = "rollback"


Redeployment = Restart | Scale | Rollback


def prepare(site: Site, request: Redeployment, where: Where) -> Generator[Event, None, Prepared]:
    """Find what was deployed and return what deploying it anew changes."""
    way = yield from reached(site, where)
    try:
        yield StaxNamed(name=way.name, region=site.aws.place)
        yield StepStarted(step="looking at the Swarm")
        return compared(site, way, wishes(request, way.swarm.seen(), way.swarm.revisions()), verb=request.verb)
    except BaseException:
        way.close()
        raise


def wishes(request: Redeployment, seen: Seen, found: Sequence[Revision]) -> list[Wish]:
    """Return what the stacks are to be, by their revisions, the newest first.  Pure."""
    match request:
        case Restart():
            return [_restarted(name, seen, found) for name in request.services]
        case Scale():
            return [_scaled(request, seen, found)]
        case Rollback():
            return [_rolled_back(request, found)]


def _restarted(name: str, seen: Seen, found: Sequence[Revision]) -> Wish:
    services = services_named(name, seen)
    revisions, last = _deployed(services[0].stack or name, found)
    anew = {one.name for one in services}
    number = revisions[0].number + 1
    changed = {
        key: {**body, RESTART: number} if key in anew else body for key, body in last.definition["services"].items()
    }
    return _wish(last, {**last.definition, "services": changed}, "restart")


def _scaled(request: Scale, seen: Seen, found: Sequence[Revision]) -> Wish:
    service = one_service(request.service, seen)
    _, last = _deployed(service.stack or request.service, found)
    body = last.definition["services"][service.name]
    if body["deploy"]["mode"] == "global":
        raise UsageError(f"{request.service} has one task on each docker host", hint="stax scale N has more hosts")
    scaled = {**body, "deploy": {**body["deploy"], "replicas": request.replicas}}
    services = {**last.definition["services"], service.name: scaled}
    return _wish(last, {**last.definition, "services": services}, request.verb)


def _rolled_back(request: Rollback, found: Sequence[Revision]) -> Wish:
    revisions = revisions_of(request.service, found)
    target = _target(request, revisions)
    note = f"revision {target.number} of {target.at:%Y-%m-%d %H:%M} UTC by {target.by} ({target.verb})"
    return Wish(stack=target.stack, definition=target.definition, verb=request.verb, notes=(note,), is_complete=True)


def _target(request: Rollback, revisions: Sequence[Revision]) -> Revision:
    if request.to is not None:
        chosen = [one for one in revisions if one.number == request.to]
        if not chosen:
            kept = ", ".join(f"{one.number} ({one.outcome})" for one in revisions)
            raise NotFound(f"{request.service} has no revision {request.to}", hint=f"kept are: {kept}")
        return chosen[0]
    now = last_deployed(revisions)
    older = [one for one in revisions if now and one.number < now.number and one.definition != now.definition]
    target = last_good(older)
    if target is None:
        message = f"{request.service} has no earlier revision that was healthy and is another"
        raise NotFound(message, hint=f"stax services {request.service} lists its revisions")
    return target


def _deployed(stack: str, found: Sequence[Revision]) -> tuple[list[Revision], Revision]:
    revisions = revisions_of(stack, found)
    last = last_deployed(revisions)
    if last is None:
        raise StaxError(f"no revision of {stack} became healthy", hint=f"stax start {stack} deploys it anew")
    return revisions, last


def _wish(last: Revision, definition: Definition, verb: str) -> Wish:
    return Wish(stack=last.stack, definition=definition, verb=verb, is_complete=True)
