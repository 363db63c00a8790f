"""What a deployment would change: the wished definition against the last one and against what runs.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stax.compose.differences import service_changes
from stax.compose.render import can_overlap, completed, fingerprint, rendered
from stax.compose.secrets import swarm_name, versions
from stax.engine.services.progress import Wanted
from stax.engine.services.swarm import Seen
from stax.model.services import Change, Definition, Revision, RunningService, ServiceChange, StackPlan

RESTART = "x-restart"
"""A service's own key: the revision in which it was last asked to start anew, so that its tasks are others."""
_REPLACED = "replaced"

AS = "x-as"
"""A secret's own key: the Swarm's name of the version that a revision was deployed with."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a stack is to be."""

    stack: str
    definition: Definition
    verb: str
    """For the revision: start, restart, scale web=3, rollback to 2."""
    notes: tuple[str, ...] = ()
    is_complete: bool = False
    """Whether it comes from a revision, in which everything is decided."""


def planned(wish: Wish, seen: Seen, revisions: Sequence[Revision], secrets: Mapping[str, str]) -> StackPlan:
    """Return what becomes of a stack; `secrets` tells the Swarm's name of each of its secrets."""
    running = {one.name: one for one in seen.of_stack(wish.stack)}
    last = last_deployed(revisions)
    definition = wish.definition
    if not wish.is_complete:
        definition = _with_restarts(completed(wish.stack, definition), last)
    # Without a revision to compare with, what runs is somebody else's: that it differs is all that can be said.
    base = (last.definition if last else definition) if running else None
    changes = [_seen_truly(one, definition, running, secrets) for one in service_changes(base, definition)]
    unknown = running.keys() - {one.service for one in changes}
    changes += [ServiceChange(service=name, action="remove") for name in sorted(unknown)]
    told = tuple(replace(one, how=how(one, definition, running, secrets)) for one in changes)
    number = revisions[0].number + 1 if revisions else 1
    notes = (*wish.notes, *_doubts(wish.stack, revisions), *_interruptions(told, definition))
    return StackPlan(stack=wish.stack, revision=number, services=told, definition=definition, notes=notes)


def last_deployed(revisions: Sequence[Revision]) -> Revision | None:
    """Return the revision that runs, or that was begun last; one that failed was taken back."""
    return next((one for one in revisions if one.outcome in {"done", "deploying", "interrupted"}), None)


def last_good(revisions: Sequence[Revision]) -> Revision | None:
    """Return the newest revision that became healthy."""
    return next((one for one in revisions if one.outcome == "done"), None)


def _with_restarts(definition: Definition, last: Revision | None) -> Definition:
    before = last.definition["services"] if last else {}
    services = {
        name: {**body, RESTART: before[name][RESTART]} if RESTART in before.get(name, {}) else body
        for name, body in definition["services"].items()
    }
    return {**definition, "services": services}


def _seen_truly(
    change: ServiceChange, definition: Definition, running: Mapping[str, RunningService], secrets: Mapping[str, str]
) -> ServiceChange:
    """Return the change as what really runs has it: it may be gone, scaled or changed by somebody's own hand."""
    name, there = change.service, running.get(change.service)
    if change.action == "remove":
        return change
    if there is None:
        return replace(change, action="add", changes=())
    body = definition["services"][name]
    changes = [one for one in change.changes if one.path not in {RESTART, "deploy.replicas"}]
    wanted = body["deploy"].get("replicas")
    if wanted is not None and there.wanted != wanted:
        changes.append(Change(path="deploy.replicas", before=str(there.wanted), after=str(wanted)))
    if any(one.path == RESTART for one in change.changes) and not changes:
        return replace(change, action="restart", changes=())
    if not changes and there.fingerprint != fingerprint(body, definition, secrets):
        changes.append(Change(path="what runs", before=there.fingerprint or "not made by stax", after="as defined"))
    return replace(change, action="change" if changes else "keep", changes=tuple(changes))


def how(
    change: ServiceChange, definition: Definition, running: Mapping[str, RunningService], secrets: Mapping[str, str]
) -> str:
    """Return in words which tasks come, go or are replaced."""
    there = running.get(change.service)
    if change.action == "remove":
        return f"{tasks(there.running if there else 0)} ended"
    body = definition["services"][change.service]
    deploy = body["deploy"]
    number = "one task on each docker host" if deploy["mode"] == "global" else tasks(deploy["replicas"])
    if change.action == "add" or there is None:
        return number
    if change.action == "keep":
        return ""
    if there.fingerprint == fingerprint(body, definition, secrets):
        return "no task ends for it"
    at_once = deploy["update_config"].get("parallelism", 1)
    pace = "one at a time" if at_once == 1 else f"{at_once} at a time" if at_once else "all at once"
    order = "the new one is healthy before the old one ends"
    if deploy["update_config"]["order"] == "stop-first":
        order = "the old one ends before the new one starts"
    return f"{number} {_REPLACED} {pace}, {order}"


def tasks(number: int) -> str:
    """Return so many tasks in words."""
    return "1 task" if number == 1 else f"{number} tasks"


def is_unfinished(revisions: Sequence[Revision]) -> bool:
    """Return whether nobody has seen the end of the last deployment."""
    return bool(revisions) and revisions[0].outcome == "deploying"


def _doubts(stack: str, revisions: Sequence[Revision]) -> list[str]:
    if is_unfinished(revisions):
        one = revisions[0]
        return [f"{stack}: revision {one.number} by {one.by} was interrupted, or is being deployed at this moment"]
    return []


def _interruptions(changes: Sequence[ServiceChange], definition: Definition) -> list[str]:
    notes = []
    for change in changes:
        body = definition["services"].get(change.service)
        if body and _REPLACED in change.how and not can_overlap(body) and body["deploy"].get("replicas", 2) == 1:
            notes.append(f"{change.service} has one task: it is away while that is replaced")
    return notes


def secrets_of(definition: Definition, stack: str, names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the Swarm's name of each secret, its newest version unless decided, and the names of those missing."""
    newest = {name: swarm_name(name, numbers[-1]) for name, numbers in versions(names).items()}
    found, missing = {}, []
    for key, body in definition.get("secrets", {}).items():
        name = str(body.get("name", f"{stack}_{key}"))
        if body.get(AS) in names:
            found[key] = str(body[AS])
        elif name in newest:
            found[key] = newest[name]
        elif name in names:
            found[key] = name
        else:
            missing.append(name)
    return found, missing


def with_secrets(definition: Definition, secrets: Mapping[str, str]) -> Definition:
    """Return the definition with the versions of its secrets decided: what a rollback goes back to."""
    pinned = {key: {**body, AS: secrets[key]} if key in secrets else body
              for key, body in definition.get("secrets", {}).items()}  # fmt: skip
    return {**definition, "secrets": pinned}


def newest_secrets(definition: Definition) -> Definition:
    """Return the definition with the versions of its secrets left open: the newest are meant."""
    opened = {
        key: {name: value for name, value in body.items() if name != AS}
        for key, body in definition.get("secrets", {}).items()
    }
    return {**definition, "secrets": opened}


def wanted_of(definition: Definition, secrets: Mapping[str, str]) -> dict[str, Wanted]:
    """Return what each service is to be, for those who follow it there."""
    found = {}
    for name, body in definition["services"].items():
        test = (body.get("healthcheck") or {}).get("test") or []
        is_global = body["deploy"]["mode"] == "global"
        found[name] = Wanted(
            fingerprint=fingerprint(body, definition, secrets),
            replicas=None if is_global else body["deploy"].get("replicas", 1),
            has_health_check=bool(test) and test[0] != "NONE",
        )
    return found


def document_of(stack: str, definition: Definition, secrets: Mapping[str, str]) -> dict[str, object]:
    """Return the document for Docker, without the keys that are stax's own."""
    document = rendered(stack, definition, secrets)
    services = {
        name: {key: value for key, value in body.items() if key != RESTART}
        for name, body in document["services"].items()
    }
    return {**document, "services": services}
