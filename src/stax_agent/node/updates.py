"""Updates of the operating system: one docker host restarts at a time, drained before and back in before the next.

Flatcar lays an update beside the system that runs and waits for a restart.  Left to itself every host would restart
within minutes of a release.  Here a host first takes the turn, an entry in etcd that only one can write: no quorum,
no restart.  It keeps the turn over its restart and gives it back when all three clusters have it in again, so a host
that does not come back holds up the others instead of being followed by them.  A host that is gone loses its turn.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stax_agent.node.agent import FRESH_STEADY_S, Census
from stax_agent.node.etcd_api import EtcdApi
from stax_agent.node.hosts import Group
from stax_agent.setback import Setback

TURN = "/stax/restart"
LOOKED_AT_EVERY_S = 5.0
DRAINED_WITHIN_S = 600.0
"""A task that stays longer has nowhere else to go."""
REPORT_GOOD_FOR_S = 120.0
WELL = {
    "etcd": ("leader", "voter", "client"),
    "swarm": ("leader", "manager", "worker"),
    "consul": ("leader", "server", "client"),
}


@dataclass(frozen=True, kw_only=True)
class Computer:
    """This host, as far as a restart goes."""

    boot_id: Callable[[], str]
    needs_restart: Callable[[], bool]
    window: Callable[[], tuple[int, int]]
    """The minutes of the day, UTC, in which it may restart: from, until."""
    has_tasks: Callable[[], bool]
    restart: Callable[[], None]


def ailments(report: Mapping[str, Any], group: Group, *, now: float) -> list[str]:
    """Return what speaks against a restart now: every host has to be well in all three clusters."""
    if not report or now - float(report.get("at", 0)) > REPORT_GOOD_FOR_S:
        return ["nobody has reported lately"]
    wrong = [
        f"{host['instance_id']} is {host[name]} in {name}"
        for host in report.get("hosts", ())
        for name, words in WELL.items()
        if host[name] not in words
    ]
    known = {host["instance_id"] for host in report.get("hosts", ())} | set(report.get("plain", ()))
    wrong += [f"{host.instance_id} is not reported" for host in group.hosts if host.instance_id not in known]
    wrong += [f"{name} has {got} of {of} voters" for name, (got, of) in report.get("quorum", {}).items() if got != of]
    wrong += [f"{host.instance_id} is leaving" for host in group.hosts if host.is_leaving]
    return wrong if len(group.staying) == group.desired else [*wrong, f"{group.desired} hosts are to be there"]


def is_open(window: tuple[int, int], at: datetime) -> bool:
    """Whether a time of the day lies in the window, which may go over midnight; equal ends are never."""
    start, end = window
    minute = at.hour * 60 + at.minute
    return start <= minute < end if start <= end else minute >= start or minute < end


class Turn:
    """The turn to restart, as etcd has it.  Whoever asks often is told what was known a moment ago."""

    def __init__(self, connect: Callable[[], EtcdApi], *, now: Callable[[], float] = time.monotonic) -> None:
        self._connect, self._now = connect, now
        self._known: Mapping[str, str] = {}
        self._look_at = 0.0

    def holder(self) -> Mapping[str, str]:
        """Return who has the turn: instance_id, boot_id; empty when nobody.  Raises Setback without a quorum."""
        if self._now() >= self._look_at:
            self._known = json.loads(self._connect().value(TURN) or "{}")
            self._look_at = self._now() + LOOKED_AT_EVERY_S
        return self._known

    def restarting(self) -> Collection[str]:
        """Return the host to be drained, as it was last known when etcd does not answer."""
        try:
            known = self.holder()
        except Setback:
            known = self._known
        return [known["instance_id"]] if known else []

    def take(self, instance_id: str, boot_id: str) -> bool:
        """Take the turn if nobody has it."""
        self._look_at = 0.0
        return self._connect().claim(TURN, json.dumps({"instance_id": instance_id, "boot_id": boot_id}))

    def give_back(self, holder: Mapping[str, str]) -> None:
        """End the turn of a host, if it still has it."""
        self._look_at = 0.0
        self._connect().release(TURN, json.dumps(dict(holder)))


class Updates:
    """One host's restarts."""

    def __init__(
        self,
        instance_id: str,
        computer: Computer,
        turn: Turn,
        report: Callable[[], Mapping[str, Any]],
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._instance_id, self._computer, self._turn = instance_id, computer, turn
        self._report, self._now = report, now
        self._drained_since: float | None = None

    def turn(self, census: Census) -> str | None:
        """Look whether this host is to restart, as of now."""
        try:
            return self.step(census.group(no_older_than_s=FRESH_STEADY_S), datetime.now(UTC))
        except Setback:
            # Without etcd nobody has the turn and nobody takes it: worth a word only if an update waits.
            if self._computer.needs_restart():
                raise
            return None

    def step(self, group: Group, at: datetime) -> str | None:
        """Do at most one thing and return the sentence that says so; raises Setback when something does not answer."""
        holder = self._turn.holder()
        if holder.get("instance_id") == self._instance_id:
            return self._with_turn(holder, group)
        if holder and group.host(holder["instance_id"]) is None:
            self._turn.give_back(holder)
            return f"{holder['instance_id']} is gone and loses its turn to restart"
        self._drained_since = None
        if holder or not self._computer.needs_restart() or not is_open(self._computer.window(), at):
            return None
        if wrong := ailments(self._report(), group, now=self._now()):
            return f"the restart for an update waits: {wrong[0]}"
        taken = self._turn.take(self._instance_id, self._computer.boot_id())
        return "this host restarts for an update; it is drained first" if taken else None

    def _with_turn(self, holder: Mapping[str, str], group: Group) -> str | None:
        if holder["boot_id"] != self._computer.boot_id():
            # Drained still, and well otherwise: what is waited for is the memberships.
            if ailments(self._report(), group, now=self._now()):
                return None
            self._turn.give_back(holder)
            return "this host is back from its restart"
        if self._drained_since is None:
            # The Swarm's leader reads the turn as often as it is looked at here: before that, no task has moved.
            self._drained_since = self._now()
            return None
        drained_s = self._now() - self._drained_since
        if drained_s < 3 * LOOKED_AT_EVERY_S or (self._computer.has_tasks() and drained_s < DRAINED_WITHIN_S):
            return None
        self._computer.restart()
        return "this host restarts now"
