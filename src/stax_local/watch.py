"""Sees what changed: after every call that may have changed something, the world is read and passed on."""

import logging
from collections.abc import Callable
from threading import RLock
from typing import Any

from stax_local.desired import World
from stax_local.emulator import observe, transition
from stax_local.front.call import Call

_LOGGER = logging.getLogger(__name__)

WORLDLY_SERVICES = frozenset({"ec2", "autoscaling", "iam"})
"""Whose calls may change what the data plane sees."""

Listener = Callable[[World], None]


class Watch:
    """Reads the world and tells the listeners, in order, under the lock.  Also takes the realiser's reports."""

    def __init__(self, touch: Callable[[], None], lock: RLock) -> None:
        self.world = World()
        self.listeners: list[Listener] = []
        self._touch = touch
        self._lock: Any = lock

    def after_call(self, call: Call) -> None:
        """A call was made that may have changed something; the lock is held."""
        if call.mutates:
            self._touch()
        if call.service in WORLDLY_SERVICES:
            self.look()

    def look(self, *, even_if_same: bool = False) -> None:
        """Read the world; pass it on if it is another one, or to new listeners in any case.  The lock is held."""
        try:
            world = observe.snapshot()
            if world == self.world and not even_if_same:
                return
            self.world = world
            for listener in self.listeners:
                listener(world)
        except Exception:
            # The caller's answer is already decided, and the next call looks again.
            _LOGGER.exception("the world could not be read or passed on")

    def running(self, instance_id: str) -> None:
        """The machine has booted."""
        self._report(transition.running, instance_id)

    def stopped(self, instance_id: str) -> None:
        """The machine is off."""
        self._report(transition.stopped, instance_id)

    def terminated(self, instance_id: str) -> None:
        """The machine is gone."""
        self._report(transition.terminated, instance_id)

    def launch_failed(self, instance_id: str, reason: str) -> None:
        """The machine cannot be made."""
        self._report(transition.launch_failed, instance_id, reason)

    def impaired(self, instance_id: str) -> None:
        """The machine does not answer."""
        self._report(transition.impaired, instance_id)

    def reachable(self, instance_id: str) -> None:
        """The machine answers again."""
        self._report(transition.reachable, instance_id)

    def unexamined(self, instance_id: str) -> None:
        """No machine is there that could answer."""
        self._report(transition.unexamined, instance_id)

    def console(self, instance_id: str, output: str) -> None:
        """The machine's console said this."""
        self._report(transition.console, instance_id, output)

    def reap(self, *, older_than_s: float) -> None:
        """Forget instances terminated longer ago than that."""
        with self._lock:
            if transition.reap(older_than_s=older_than_s):
                self._touch()
                self.look()

    def _report(self, change: Callable[..., bool], *facts: str) -> None:
        with self._lock:
            if change(*facts):
                self._touch()
                self.look()
