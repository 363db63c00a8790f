"""Writes the report: from the host that leads the Swarm, on change, and at least once a minute."""

import json
import time
from collections.abc import Callable
from typing import Any

from stax_agent.node.agent import FRESH_STEADY_S, Board, Census
from stax_agent.node.report import LEAST_INTERVAL_S, LONGEST_INTERVAL_S, PARAMETER, as_text, report
from stax_agent.node.store import Store
from stax_agent.setback import Setback, say


class Reporter:
    """What was written last, and when."""

    def __init__(
        self,
        store: Store,
        instance_id: str,
        *,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._instance_id = store, instance_id
        self._now, self._clock = now, clock
        self._written: dict[str, Any] | None = None
        self._written_at = 0.0
        self._told = ""

    def keep_current(self, board: Board, census: Census) -> None:
        """Write the report if it is this host's to write and it is time to; what does not work is said once."""
        swarm = board.views.get("swarm")
        if swarm is None or not swarm.is_leader:
            self._written = None
            return
        try:
            self._write(report(board.findings(), census.group(no_older_than_s=FRESH_STEADY_S)))
            self._told = ""
        except Setback as setback:
            if str(setback) != self._told:
                self._told = str(setback)
                say(f"report not written yet: {self._told}")

    def _write(self, content: dict[str, Any]) -> None:
        age_s = self._now() - self._written_at
        is_due = age_s >= (LONGEST_INTERVAL_S if content == self._written else LEAST_INTERVAL_S)
        if self._written is not None and not is_due:
            return
        self._store.put(PARAMETER, as_text(content, by=self._instance_id, at=self._clock()))
        self._written, self._written_at = content, self._now()


def kept_report(store: Store) -> dict[str, Any]:
    """Return what was reported last, by whichever host; empty when nothing was."""
    try:
        found = json.loads(store.get(PARAMETER) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
