"""Which of the services that run is meant by a name.  Pure."""

from collections.abc import Sequence

from stax.compose.problems import shown
from stax.compose.suggest import did_you_mean
from stax.engine.services.swarm import Seen
from stax.errors import NotFound, UsageError
from stax.model.services import Revision, RunningService, Task


def services_named(name: str, seen: Seen) -> list[RunningService]:
    """Return the services of a stack, or the one of that full name; raises NotFound with the nearest names."""
    found = seen.of_stack(name) or [one for one in seen.services if one.full_name == name]
    if found:
        return found
    known = sorted({one.stack for one in seen.services if one.stack} | {one.full_name for one in seen.services})
    there = ", ".join(known) or "none"
    raise NotFound(f"no service {shown(name)} runs{did_you_mean(name, known)}", hint=f"there run: {there}")


def one_service(name: str, seen: Seen) -> RunningService:
    """Return the one service that is meant: of a stack with several, that with the stack's name."""
    found = services_named(name, seen)
    main = [one for one in found if one.name == name] or found
    if len(main) > 1:
        names = ", ".join(one.full_name for one in found)
        raise UsageError(f"{name} has {len(found)} services: which one?", hint=f"one of {names}")
    return main[0]


def tasks_named(name: str, seen: Seen) -> list[Task]:
    """Return the tasks of what is named: a stack, a service, or one task such as web.2."""
    stem, _, slot = name.rpartition(".")
    is_task = bool(stem) and any(stem in {one.stack, one.full_name} for one in seen.services)
    if not is_task:
        return [task for service in services_named(name, seen) for task in seen.tasks_of(service)]
    service = one_service(stem, seen)
    found = [task for task in seen.tasks_of(service) if task.slot == slot]
    if not found:
        slots = ", ".join(sorted({one.name for one in seen.tasks_of(service)})) or "none"
        raise NotFound(f"there is no task {name}", hint=f"there are: {slots}")
    return found


def revisions_of(stack: str, found: Sequence[Revision]) -> list[Revision]:
    """Return a stack's revisions, the newest first; raises NotFound when it was never deployed."""
    own = [one for one in found if one.stack == stack]
    if not own:
        known = sorted({one.stack for one in found})
        message = f"{shown(stack)} was never deployed by stax{did_you_mean(stack, known)}"
        raise NotFound(message, hint=f"there are: {', '.join(known) or 'none'}")
    return own
