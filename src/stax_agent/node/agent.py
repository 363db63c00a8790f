"""The loops: one for each cluster, so that none waits for another, and one that reports.

A cluster's loop looks, takes at most one step, and says so in one line; what did not work is said once, and tried
again.  Nothing that a cluster does ends its loop.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from stax_agent.node.cluster import Cluster, Refused, View
from stax_agent.node.hosts import Group
from stax_agent.node.report import Findings
from stax_agent.setback import Setback, say

FORMING_S, STEADY_S = 0.5, 2.0
"""Between two looks: while there was something to do, and when all was as it should be."""
FRESH_FORMING_S, FRESH_STEADY_S = 2.0, 10.0
"""How old the list of hosts may be.  25 hosts ask EC2 2.5 times a second together when nothing happens."""

V = TypeVar("V", bound=View)


@dataclass
class Board:
    """What the loops know, for the report.  Each writes its own entries only."""

    views: dict[str, View] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def findings(self) -> Findings:
        """Return what is on it now."""
        return Findings(views=dict(self.views), refused=dict(self.refused), versions=dict(self.versions))


class Census:
    """The list of hosts, shared by the loops: asked for once, not once by each."""

    def __init__(
        self,
        read: Callable[[], Group],
        *,
        now: Callable[[], float] = time.monotonic,
        say: Callable[[str], None] = say,
    ) -> None:
        self._read, self._now, self._say = read, now, say
        self._told = ""
        self._lock = threading.Lock()
        self._group: Group | None = None
        self._read_at = 0.0

    def group(self, *, no_older_than_s: float) -> Group:
        """Return the hosts, as they were last known when AWS does not answer; raises Setback when nothing is known.

        What is old is safe to act on: a host that was gone has not come back, one that was there is asked itself.
        """
        with self._lock:
            if self._group is None or self._now() - self._read_at > no_older_than_s:
                self._group = self._fresh()
                self._read_at = self._now()
            return self._group

    def _fresh(self) -> Group:
        try:
            group = self._read()
        except Setback as setback:
            if self._group is None:
                raise
            if self._told != str(setback):
                self._told = str(setback)
                self._say(f"the hosts are those of a while ago: {setback}")
            return self._group
        self._told = ""
        return group


class Loop:
    """One cluster's: what it said last, so that nothing is said twice."""

    def __init__(self, cluster: Cluster[V], census: Census, board: Board, *, say: Callable[[str], None] = say) -> None:
        self._cluster, self._census, self._board, self._say = cluster, census, board, say
        self._told = ""
        self._is_forming = True

    def turn(self) -> float:
        """Look and take a step; return how long to pause, in seconds."""
        done, refused = None, ""
        try:
            done = self._once()
            if done:
                self._tell(f"{self._cluster.name}: {done}")
            else:
                self._told = ""
        except Refused as refusal:
            refused = str(refusal)
            self._tell(f"{self._cluster.name} refused: {refused}")
        except Setback as setback:
            self._tell(f"{self._cluster.name} not yet: {setback}")
        except Exception as error:  # the loop goes on, whatever one turn of it ran into
            self._tell(f"{self._cluster.name} failed: {type(error).__name__}: {error}")
        self._board.refused[self._cluster.name] = refused
        self._is_forming = bool(done) or self._told != ""
        return FORMING_S if done else STEADY_S if not self._is_forming else 2 * FORMING_S

    def _once(self) -> str | None:
        fresh_s = FRESH_FORMING_S if self._is_forming else FRESH_STEADY_S
        group = self._census.group(no_older_than_s=fresh_s)
        view = self._cluster.observe(group)
        self._board.views[self._cluster.name] = view
        self._board.versions[self._cluster.name] = ", ".join(sorted(view.versions - {""}))
        return self._cluster.step(view, group)

    def _tell(self, line: str) -> None:
        if line != self._told:
            self._told = line
            self._say(line)

    def keep_on(self, stop: threading.Event) -> None:
        """Turn until told to stop."""
        while not stop.is_set():
            stop.wait(self.turn())
