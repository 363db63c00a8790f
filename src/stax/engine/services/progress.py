"""How far a deployment has come, from what the Swarm says at one moment.  Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stax.engine.services.swarm import Seen
from stax.model.services import RunningService, Task

STEADY_S = 5.0
"""So long a task without a health check must run before it counts as healthy: Swarm's own time of watching."""
STUCK_S = 20.0
"""So long a task may find no machine: others may be ending to make room for it."""
MOST_ATTEMPTS = 3
"""So often a task may end before the deployment is given up: it may have to wait for another service."""
_FAILED = ("failed", "rejected")
_UNDER_WAY = ("updating", "rollback_started")
_GIVEN_UP = ("paused", "rollback_completed", "rollback_paused")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a service is to be."""

    fingerprint: str
    replicas: int | None
    """None for one on each machine."""
    has_health_check: bool


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How a stack stands."""

    healthy: Mapping[str, tuple[int, int]]
    """Of each service: healthy tasks of the new definition, and how many there are to be."""
    is_done: bool
    failed: str = ""
    """Why the deployment is given up, in words; empty while there is hope."""
    culprits: tuple[Task, ...] = ()
    """The tasks that failed, the newest first, then those that are not healthy yet."""

    def __str__(self) -> str:
        return ", ".join(f"{name} {good} of {all_} healthy" for name, (good, all_) in self.healthy.items())


@dataclass
class Watch:
    """What was seen since when: machines' clocks are not compared with this one's."""

    first_s: dict[tuple[str, str], float] = field(default_factory=dict)
    before: frozenset[str] = frozenset()
    """Tasks that had ended before the deployment began: not its failures."""

    def lasts_s(self, task: Task, now_s: float) -> float:
        """Return since when a task is in its state."""
        return now_s - self.first_s.setdefault((task.id, task.state), now_s)


def progress(wanted: Mapping[str, Wanted], seen: Seen, watch: Watch, now_s: float) -> Progress:
    """Return how far the services of a stack have come."""
    there = {service.name: service for service in seen.services}
    parts = {
        name: _part(wish, there.get(name), seen.tasks_of(there[name]) if name in there else (), watch, now_s)
        for name, wish in wanted.items()
    }
    lost = [(name, part) for name, part in parts.items() if part.failed]
    failed = f"{lost[0][0]}: {lost[0][1].failed}" if lost else ""
    told = lost[0][1].culprits if lost else tuple(one for part in parts.values() for one in part.culprits)
    return Progress(
        healthy={name: (part.healthy, part.number) for name, part in parts.items()},
        is_done=all(part.is_done for part in parts.values()) and there.keys() <= wanted.keys(),
        failed=failed,
        culprits=told,
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """How one service stands."""

    healthy: int
    number: int
    is_done: bool
    failed: str
    culprits: tuple[Task, ...]


def _part(wish: Wanted, service: RunningService | None, tasks: Sequence[Task], watch: Watch, now_s: float) -> _Part:
    new = [one for one in tasks if one.fingerprint == wish.fingerprint]
    well = [one for one in new if _is_healthy(one, wish, watch, now_s)]
    number = wish.replicas if wish.replicas is not None else max(service.wanted if service else 0, 1)
    leaving = [one for one in tasks if one.state == "running" and (one not in new or one.wanted != "running")]
    is_busy = service is None or service.update in _UNDER_WAY
    broken = [one for one in new if one.state in _FAILED and one.id not in watch.before]
    unwell = [one for one in new if one.wanted == "running" and one not in well]
    return _Part(
        healthy=len(well),
        number=number,
        is_done=len(well) >= number and not leaving and not is_busy,
        failed=_given_up(service, new, broken, watch, now_s),
        culprits=(*broken, *unwell),
    )


def _is_healthy(task: Task, wish: Wanted, watch: Watch, now_s: float) -> bool:
    if (task.state, task.wanted) != ("running", "running"):
        return False
    return wish.has_health_check or watch.lasts_s(task, now_s) >= STEADY_S


def _given_up(
    service: RunningService | None, new: Sequence[Task], broken: Sequence[Task], watch: Watch, now_s: float
) -> str:
    """Return why there is no hope; a paused update without a broken task is an older one's, about to go on."""
    if service and service.update in _GIVEN_UP and broken:
        return f"its update was stopped: {broken[0].trouble or service.update_says}"
    attempts = Counter(one.slot for one in broken)
    if attempts and max(attempts.values()) >= MOST_ATTEMPTS:
        return f"its tasks end, {MOST_ATTEMPTS} times in a row: {broken[0].trouble}"
    if missing := [one for one in broken if one.state == "rejected" and "No such image" in one.trouble]:
        return f"{missing[0].machine} has no such image and cannot pull it: {missing[0].image}"
    stuck = [one for one in new if one.state == "pending" and one.trouble and watch.lasts_s(one, now_s) >= STUCK_S]
    return f"no docker host can take it: {stuck[0].trouble}" if stuck else ""
