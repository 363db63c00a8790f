"""Who makes the emulated world real, and tells the region when it is.

The region calls `world_changed` after every change, in order, under the lock of the accounts; a
realiser only takes note and returns.  What it reports back goes through `Reports`, from any thread
of its own.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from stax_local.desired import World


class Reports(Protocol):
    """What a realiser may say about an instance.  A report that no longer fits changes nothing."""

    def running(self, instance_id: str) -> None:
        """It has booted."""
        ...

    def stopped(self, instance_id: str) -> None:
        """It is off, asked to or not."""
        ...

    def terminated(self, instance_id: str) -> None:
        """It is gone."""
        ...

    def launch_failed(self, instance_id: str, reason: str) -> None:
        """It cannot be made."""
        ...

    def impaired(self, instance_id: str) -> None:
        """It runs and does not answer."""
        ...

    def reachable(self, instance_id: str) -> None:
        """It answers again."""
        ...

    def unexamined(self, instance_id: str) -> None:
        """It will count as running, and nothing boots behind it."""
        ...

    def console(self, instance_id: str, output: str) -> None:
        """What its console said."""
        ...


class Realiser(Protocol):
    """Makes worlds real."""

    @property
    def mode(self) -> str:
        """In a few words what is real, and why not more; `stax local status` shows it."""
        ...

    def start(self, reports: Reports) -> None:
        """Begin; called once, before the first world."""
        ...

    def world_changed(self, world: World) -> None:
        """The world is to be like this from now on.  Returns at once and never raises."""
        ...

    def stop(self) -> None:
        """End the work, leaving the machines as they are; returns within a few seconds."""
        ...

    def remove(self) -> None:
        """Leave nothing behind, neither machine nor network.

        Called after `stop`, when the folder with the records is gone: by what is remembered, where `stax local down`
        goes by what is recorded.
        """
        ...


@runtime_checkable
class Disturbable(Protocol):
    """A realiser whose packets can be hindered on purpose."""

    def whom(self, word: str) -> str:
        """Who is meant by a word, as the weather spells it.  Raises ValueError when nobody is."""
        ...

    def tell_weather(self) -> Mapping[str, Any]:
        """The disturbances in force, in their JSON form."""
        ...

    def take_weather(self, said: Any) -> None:
        """Let this be in force in place of what was, and return once it is.

        Raises ValueError, in words, when it cannot be, and TimeoutError when the kernel does not follow.
        """
        ...


BOOT_S = 0.005
"""Long enough for a caller to see `pending`, short enough to cost nothing."""


class ControlPlaneOnly:
    """No machines: every instance does what the API says, a moment later."""

    def __init__(self, why: str, wait: Callable[[threading.Event, float], bool] = threading.Event.wait) -> None:
        self.mode = f"control plane only: {why}"
        self._wait = wait
        self._world = World()
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, reports: Reports) -> None:
        """Begin to report."""
        self._thread = threading.Thread(target=self._work, args=(reports,), name="realiser", daemon=True)
        self._thread.start()

    def world_changed(self, world: World) -> None:
        """Take note of the newest world."""
        self._world = world
        self._wake.set()

    def stop(self) -> None:
        """End the thread."""
        self._over.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=5)

    def remove(self) -> None:
        """Nothing was made."""

    def _work(self, reports: Reports) -> None:
        while True:
            self._wake.wait()
            if self._wait(self._over, BOOT_S):
                return
            self._wake.clear()
            for arrive in arrivals(self._world, reports):
                arrive()


def arrivals(world: World, reports: Reports) -> list[Callable[[], None]]:
    """The reports that let every instance of this world arrive where it is going."""
    report = {
        "pending": (reports.unexamined, reports.running),
        "stopping": (reports.stopped,),
        "shutting-down": (reports.terminated,),
    }
    return [
        _about(each, instance.id) for instance in world.instances.values() for each in report.get(instance.state, ())
    ]


def _about(report: Callable[[str], None], instance_id: str) -> Callable[[], None]:
    return lambda: report(instance_id)
