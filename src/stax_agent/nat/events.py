"""What happened to a box, for people: each move as one entry with its times; alarms, drains, starts.

Pure but for the wall clock, which is a parameter.  Nothing here decides.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from stax_agent.nat import facts
from stax_agent.nat.facts import NEVER, Watch, ZoneView
from stax_agent.nat.heartbeat import INTERVAL_S, Saying
from stax_agent.nat.report import stamp
from stax_agent.nat.state import CANARY_WELL_S, LOST_AFTER_S

KEPT = 50


def _now() -> datetime:
    return datetime.now(UTC)


STARTED, DRAIN, RETURN, ALARM = "started", "drain", "return", "alarm"
MOVING, MOVED, FAILED, GONE = "moving", "moved", "failed", "gone"
"""Of a zone: it is being brought here, it is here, it could not be brought here, the peer has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, `at` a moment of the wall clock; times of a move count from its decision."""

    number: int
    at: str
    what: str
    zone: int = 0
    why: str = ""
    seen_ms: int | None = None
    """When the fault began to show: before the decision, so below zero."""
    called_ms: int | None = None
    """When EC2 had taken what there was to write."""
    verified_ms: int | None = None
    outage_ms: int | None = None
    """How long no canary of the zone got out, as heard by this box; None when none was missed."""
    connections: int | None = None
    """Open connections that came along."""
    tries: int = 0
    failure: str = ""
    """Why the last try failed."""

    def as_json(self) -> dict[str, Any]:
        """Return what there is to tell."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in told.items() if value not in (None, "", 0) or name == "number"}


@dataclass
class Outages:
    """The time in which hosts of the peer's zone reached this box within the VPC, and not by their way out."""

    count: int = 0
    total_s: float = 0.0
    last_s: float = 0.0
    longest_s: float = 0.0

    def add(self, gap_s: float) -> None:
        """Count a gap that has ended."""
        self.count += 1
        self.total_s += gap_s
        self.last_s = gap_s
        self.longest_s = max(self.longest_s, gap_s)

    def as_json(self) -> dict[str, float]:
        """Return the numbers, to the millisecond."""
        return {name: round(value, 3) for name, value in vars(self).items()}


@dataclass
class _Began:
    number: int
    decided_s: float
    """At the first try."""


@dataclass
class Chronicle:
    """Hears every turn of the agent, keeps the last entries."""

    now: Callable[[], datetime] = _now
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    outages: Outages = field(default_factory=Outages)
    changes: int = 0
    """Goes up with every entry that comes or changes."""
    _number: int = 0
    _began: dict[int, _Began] = field(default_factory=dict)
    _saying_since_s: float = NEVER
    _was: Watch | None = None
    _hosts_were_silent: bool = False
    """Since a canary got out last, none came within the VPC for a while: no gap tells of the way out."""

    def started(self) -> None:
        """The agent began to watch."""
        self._add(STARTED)

    def mended(self, what: str) -> None:
        """Something was wrong, and the box has put it right by itself."""
        self._add(ALARM, why=what)

    def heed(self, watch: Watch, commands: Iterable[facts.Command], now_s: float) -> None:
        """Take note of what the box knows after a turn, and of what it is to do."""
        was = self._was or watch
        if watch.peer_saying is not was.peer_saying:
            self._saying_since_s = now_s
        if watch.drain is not was.drain:
            self._add(DRAIN if watch.drain else RETURN, why="the operator wants it")
        for zone in watch.zones:
            self._look_at(zone, was.zones[zone], watch.zones[zone], watch)
        self._hear_canaries(was, watch)
        self._was = watch
        for command in commands:
            if isinstance(command, facts.Move):
                self._begin(command.zone, watch, now_s)
            elif isinstance(command, facts.Alarm):
                self._add(ALARM, why=command.text)

    def ended(self, event: facts.MoveEnded) -> None:
        """A move was carried out, or was not."""
        began = self._began.get(event.zone)
        entry = next((each for each in self.entries if began and each.number == began.number), None)
        if began is None or entry is None:
            return
        if not event.failure:
            del self._began[event.zone]

        def since_decided(at_s: float | None) -> int | None:
            return None if at_s is None else round((at_s - began.decided_s) * 1000)

        self._replace(
            replace(
                entry,
                what=FAILED if event.failure else MOVED,
                called_ms=since_decided(event.called_s),
                verified_ms=None if event.failure else since_decided(event.verified_s),
                connections=event.connections,
                tries=entry.tries + 1,
                failure=event.failure,
            )
        )

    def _begin(self, zone: int, watch: Watch, now_s: float) -> None:
        if zone in self._began:
            return  # the same move once more
        seen_s = self._seen_s(zone, watch, now_s)
        why = watch.told.get(zone, "")
        if watch.peer_reason and watch.peer_saying is Saying.UNFIT and zone == watch.peer:
            why = f"{why}: {watch.peer_reason}"
        seen_ms = None if seen_s == NEVER else round((seen_s - now_s) * 1000)
        self._began[zone] = _Began(self._add(MOVING, zone=zone, why=why, seen_ms=seen_ms).number, now_s)

    def _seen_s(self, zone: int, watch: Watch, now_s: float) -> float:
        """When what the decision is for began to show."""
        if now_s - watch.peer_heard_at_s > LOST_AFTER_S:
            return watch.peer_heard_at_s + INTERVAL_S
        if watch.peer_saying in {Saying.UNFIT, Saying.DRAINING}:
            return self._saying_since_s
        if zone == watch.me:
            return max(watch.fit_since_s or NEVER, watch.zones[zone].since_s)
        return watch.canary_out_at_s + INTERVAL_S

    def _look_at(self, zone: int, was: ZoneView, now: ZoneView, watch: Watch) -> None:
        if now.is_peers and not now.moving:
            self._began.pop(zone, None)
        if was.is_mine and now.is_peers:
            self._add(GONE, zone=zone, why="the peer took it " + ("over" if zone == watch.me else "back"))

    def _hear_canaries(self, was: Watch, watch: Watch) -> None:
        """A gap in what comes by the way out is an outage when what comes within the VPC had none."""
        if watch.canary_within_at_s - was.canary_within_at_s > CANARY_WELL_S:
            self._hosts_were_silent = True
        if watch.canary_out_at_s == was.canary_out_at_s:
            return
        gap_s = watch.canary_out_at_s - was.canary_out_at_s
        silent_s = watch.canary_out_at_s - watch.canary_within_at_s
        hosts_were_there = was.canary_out_at_s != NEVER and silent_s <= CANARY_WELL_S and not self._hosts_were_silent
        self._hosts_were_silent = False
        if gap_s > CANARY_WELL_S and hosts_were_there:
            self.outages.add(gap_s)
            self._tell_outage(watch, gap_s)

    def _tell_outage(self, watch: Watch, gap_s: float) -> None:
        """Add the outage to the move that ended it, if it was one of this box."""
        zone = watch.zones[watch.peer]
        moves = (each for each in reversed(self.entries) if each.zone == watch.peer and each.what in {MOVING, MOVED})
        last = next(moves, None)
        if last and last.outage_ms is None and (zone.is_mine or zone.moving):
            self._replace(replace(last, outage_ms=round(gap_s * 1000)))

    def _add(self, what: str, *, zone: int = 0, why: str = "", seen_ms: int | None = None) -> Entry:
        self._number += 1
        entry = Entry(number=self._number, at=stamp(self.now()), what=what, zone=zone, why=why, seen_ms=seen_ms)
        self.entries.append(entry)
        self.changes += 1
        return entry

    def _replace(self, entry: Entry) -> None:
        for place, each in enumerate(self.entries):
            if each.number == entry.number:
                self.entries[place] = entry
                self.changes += 1
