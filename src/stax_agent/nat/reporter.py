"""Writes a box's report into SSM, from a thread of its own: at once when its gist changes, else once a minute."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from stax_agent.nat.report import EVERY_S, gist, text
from stax_agent.setback import Setback

LEAST_PAUSE_S = 1.0
"""A box that is torn to and fro writes no more often."""


class Reporter:
    """Holds the newest report and writes it when it is due.  `put` writes, and raises Setback when it fails."""

    def __init__(self, put: Callable[[str], None], say: Callable[[str], None]) -> None:
        self._put, self._say = put, say
        self._newest: Mapping[str, Any] | None = None
        self._gist: tuple[Any, ...] = ()
        self._written_at_s = float("-inf")
        self._changed, self._over = threading.Event(), threading.Event()
        self._trouble = ""

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._work, name="reporter", daemon=True).start()

    def stop(self) -> None:
        """End."""
        self._over.set()
        self._changed.set()

    def offer(self, report: Mapping[str, Any]) -> None:
        """Take the newest report; returns at once."""
        self._newest = report
        if gist(report) != self._gist or time.monotonic() - self._written_at_s >= EVERY_S:
            self._changed.set()

    def _work(self) -> None:
        while True:
            self._changed.wait()
            if self._over.is_set():
                return
            self._changed.clear()
            self._write()
            self._over.wait(LEAST_PAUSE_S)

    def _write(self) -> None:
        newest = self._newest
        if newest is None:
            return
        try:
            self._put(text(newest))
        except Setback as setback:
            if str(setback) != self._trouble:
                self._trouble = str(setback)
                self._say(f"ALARM this box's report cannot be written: {setback}; trying on")
            return  # the next offer, a second from now, finds it still due
        self._gist, self._written_at_s = gist(newest), time.monotonic()
        if self._trouble:
            self._trouble = ""
            self._say("this box's report is written again")
