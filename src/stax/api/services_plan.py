"""What starting services would do: everything read, checked and compared, nothing changed.

    plan, way = yield from prepare(site, wishes, where)

All that stands in the way is told at once, before anything begins.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stax.compose.catalogue import CATALOGUE, COMPOSE_FILE, catalogue, checked_name, named
from stax.compose.document import Document, read_document
from stax.compose.normal import normal
from stax.compose.order import in_order
from stax.compose.secrets import random_length
from stax.engine.services.availability import Availability, looked_up
from stax.engine.services.fitting import obstacles, with_planned
from stax.engine.services.kernel import lacks_virtual_addresses
from stax.engine.services.logins import shown_to_registries
from stax.engine.services.planning import Wish, is_unfinished, last_good, planned, secrets_of
from stax.engine.services.swarm import Seen, Swarm
from stax.engine.services.way import Reached, Where, reached
from stax.engine.site import Site
from stax.errors import NotFound, UsageError
from stax.events import Event, StaxNamed, StepStarted
from stax.model.services import (
    CatalogueService,
    Definition,
    Revision,
    SecretWish,
    ServiceChange,
    ServicesPlan,
    StackPlan,
)


@dataclass(frozen=True, kw_only=True)
class StartRequest:
    """What a person wants to run."""

    services: tuple[str, ...] = ()
    """Names from the catalogue or the person's own folder, or of what was started before."""
    file: Path | None = None
    """A Compose file; then at most one name, that of the stack."""
    folder: Path | None = None
    """The person's own services."""
    variables: Mapping[str, str]
    """For what stands in ${…} in a file."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A plan, and what it takes to carry it out; to be closed."""

    plan: ServicesPlan
    way: Reached
    verb: str
    secrets: tuple[SecretWish, ...] = ()
    """Those that are made on the way."""
    asks_registries: bool = False

    def close(self) -> None:
        """End the connection to the Swarm."""
        self.way.close()


def prepare(site: Site, request: StartRequest, where: Where) -> Generator[Event, None, Prepared]:
    """Read files, find the services and what they need, and return what starting them changes.

    Raises ComposeError, NotFound and UsageError for what is wrong, each with every reason.
    """
    known = catalogue(request.folder)
    files = wished(request, known)
    way = yield from reached(site, where)
    try:
        yield StaxNamed(name=way.name, region=site.aws.place)
        yield StepStarted(step="looking at the Swarm")
        wishes = files if request.file else _wishes(request, known, files, way.swarm)
        return compared(site, way, wishes, verb="start", secrets=_secret_wishes(wishes, known))
    except BaseException:
        way.close()
        raise


def definition_of(path: Path, variables: Mapping[str, str]) -> tuple[Document, Definition, tuple[str, ...]]:
    """Return a Compose file, its long form, and notes; raises ComposeError with everything that is wrong."""
    document = read_document(path, variables)
    definition, notes = normal(document, variables)
    return document, definition, notes


def wished(request: StartRequest, known: Mapping[str, CatalogueService]) -> list[Wish]:
    """Return what files say of the services that are asked for, each behind what it needs; asks nobody."""
    return _from_file(request) if request.file else _from_catalogue(request, known)


def _from_file(request: StartRequest) -> list[Wish]:
    if len(request.services) > 1 or request.file is None:
        raise UsageError("a Compose file has one name", hint="such as: stax start web -f compose.yaml")
    document, definition, notes = definition_of(request.file, request.variables)
    name = document.body.get("name") or request.file.resolve().parent.name
    stack = checked_name(request.services[0] if request.services else str(name))
    return [Wish(stack=stack, definition=definition, verb="start", notes=notes)]


def _from_catalogue(request: StartRequest, known: Mapping[str, CatalogueService]) -> list[Wish]:
    if not request.services:
        there = ", ".join(known) or "none"
        raise UsageError("start which service?", hint=f"there are: {there}; or a Compose file: stax start -f FILE")
    for name in request.services:
        checked_name(name)
    needs = {name: service.needs for name, service in known.items()}
    order = in_order(request.services, needs)
    return [_wish(known[name], request.variables) for name in order if name in known]


def _wish(service: CatalogueService, variables: Mapping[str, str]) -> Wish:
    _, definition, notes = definition_of(service.folder / COMPOSE_FILE, variables)
    shadowed = (CATALOGUE / service.name).is_dir() and service.is_own
    mine = (f"{service.name} is your own, from {service.folder}: the catalogue's is not used",) if shadowed else ()
    return Wish(stack=service.name, definition=definition, verb="start", notes=(*mine, *notes))


def _wishes(
    request: StartRequest, known: Mapping[str, CatalogueService], files: Sequence[Wish], swarm: Swarm
) -> list[Wish]:
    """Return what is asked for, what was started before from a file, and those needs that do not run well."""
    seen, earlier = swarm.seen(), swarm.revisions()
    wishes = [one for one in files if one.stack in request.services or not _runs_well(one.stack, seen)]
    for name in request.services:
        if name not in known:
            revision = last_good([one for one in earlier if one.stack == name])
            if revision is None:
                named(name, known)  # says that there is none, and which are near
                raise NotFound(f"there is no service {name}")
            again = f"{name} is no service of the catalogue: its revision {revision.number} is started again"
            wish = Wish(stack=name, definition=revision.definition, verb="start", notes=(again,), is_complete=True)
            wishes.append(wish)
    return wishes


def _runs_well(stack: str, seen: Seen) -> bool:
    services = seen.of_stack(stack)
    return bool(services) and all(one.is_healthy for one in services)


def _secret_wishes(wishes: Sequence[Wish], known: Mapping[str, CatalogueService]) -> tuple[SecretWish, ...]:
    stacks = {wish.stack for wish in wishes}
    return tuple(secret for name, service in known.items() if name in stacks for secret in service.secrets)


def compared(
    site: Site, way: Reached, wishes: Sequence[Wish], *, verb: str, secrets: Sequence[SecretWish] = ()
) -> Prepared:
    """Compare wishes with what runs; raises UsageError with everything that stands in the way."""
    seen = way.swarm.seen()
    found = _Comparison(seen, way.swarm.revisions(), way.swarm.secret_names(), secrets)
    for wish in wishes:
        found.add(wish)
    images = _images(site, found.stacks, way.swarm, seen)
    troubles = [*found.troubles, *(one.complaint for one in images if one.complaint)]
    troubles += lacks_virtual_addresses(way.swarm, found.stacks)
    if troubles:
        raise UsageError("\n".join(["nothing was changed:", *(f"  {one}" for one in dict.fromkeys(troubles))]))
    account_id = site.aws.identity.account_id
    plan = ServicesPlan(name=way.name, region=site.aws.place, account_id=account_id, stacks=tuple(found.stacks))
    asks = any(one.is_in_registry for one in images)
    return Prepared(plan=plan, way=way, verb=verb, secrets=tuple(found.made.values()), asks_registries=asks)


class _Comparison:
    """Stack by stack, what is to be against what is; those ahead count for those behind."""

    def __init__(
        self, seen: Seen, revisions: Sequence[Revision], secrets: Sequence[str], wishes: Sequence[SecretWish]
    ) -> None:
        self._seen = seen
        self._ahead = seen
        self._revisions = revisions
        self._secrets = secrets
        self._makeable = {one.name: one for one in wishes if random_length(one.made)}
        self.stacks: list[StackPlan] = []
        self.troubles: list[str] = []
        self.made: dict[str, SecretWish] = {}

    def add(self, wish: Wish) -> None:
        """Compare one more stack."""
        revisions = [one for one in self._revisions if one.stack == wish.stack]
        plan, missing = _stack(wish, self._seen, revisions, self._secrets)
        self.made |= {name: self._makeable[name] for name in missing if name in self._makeable}
        self.troubles += [_missing_secret(name, wish.stack) for name in missing if name not in self._makeable]
        self.troubles += obstacles(wish.stack, plan.definition, self._ahead)
        self._ahead = with_planned(self._ahead, wish.stack, plan.definition)
        self.stacks.append(plan)


def _stack(wish: Wish, seen: Seen, revisions: Sequence[Revision], names: Sequence[str]) -> tuple[StackPlan, list[str]]:
    found, missing = secrets_of(wish.definition, wish.stack, names)
    plan = planned(wish, seen, revisions, found)
    well = {one.name for one in seen.of_stack(wish.stack) if one.is_healthy}
    if is_unfinished(revisions):
        well = set()
    return replace(plan, services=tuple(_waited_for(one, well) for one in plan.services)), missing


def _waited_for(change: ServiceChange, well: Collection[str]) -> ServiceChange:
    if change.action != "keep" or change.service in well:
        return change
    return replace(change, action="await", how="as it should be; waited for until it is healthy")


def _missing_secret(name: str, stack: str) -> str:
    return f"{stack} needs the secret {name}, which is not there: stax secret set {name}"


def _images(site: Site, stacks: Sequence[StackPlan], swarm: Swarm, seen: Seen) -> list[Availability]:
    """Look for the images that are new here: one that a healthy service has already is there."""
    well = {one.image for one in seen.services if one.running and one.is_healthy}
    wanted = set(_new_images(stacks))
    new = wanted - well
    return looked_up(swarm.docker, new, shown_to_registries(site, swarm, new))


def _new_images(stacks: Sequence[StackPlan]) -> Iterator[str]:
    for stack in stacks:
        for change in stack.services:
            if change.action in {"add", "change"}:
                yield stack.definition["services"][change.service]["image"]
