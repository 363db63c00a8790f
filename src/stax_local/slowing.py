"""Packets that arrive late on purpose: held in the kernel's queues, and let go when their time has come.

The queue's number is the delay in milliseconds, so each queue is first in, first out.  nft passes by a
queue that nobody holds: with the region gone, packets are on time.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from stax_local.kernel import namespaces
from stax_local.kernel.packet_queue import PacketQueue
from stax_local.network.weather import Weather

_LOOK_EVERY_S = 0.2
"""How long closing one may have to wait for."""


class Slowed:
    """Holds every packet of one queue for its delay, until closed."""

    def __init__(self, namespace: str, delay_ms: int) -> None:
        self._queue = PacketQueue(namespace, delay_ms)
        self._delay_s = delay_ms / 1000
        self._held: deque[tuple[float, int]] = deque()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=f"{delay_ms} ms late", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go whatever is held, and stop."""
        self._closed = True
        self._thread.join(timeout=5)
        with contextlib.suppress(OSError):  # its namespace has gone
            if self._held:
                self._queue.let_go(self._held[-1][1])
        self._queue.close()

    def _serve(self) -> None:
        while not self._closed:
            # The kernel says no when what waited has gone meanwhile, with its machine.
            with contextlib.suppress(OSError):
                self._step()

    def _step(self) -> None:
        """Take in what comes until the first is due, then let go all that are."""
        patience_s = self._held[0][0] - time.monotonic() if self._held else _LOOK_EVERY_S
        if patience_s > 0:
            packet = self._queue.waiting(min(patience_s, _LOOK_EVERY_S))
            if packet is not None:
                self._held.append((time.monotonic() + self._delay_s, packet))
        due = None
        while self._held and self._held[0][0] <= time.monotonic():
            due = self._held.popleft()[1]
        if due is not None:
            self._queue.let_go(due)


class Slowing:
    """Holds the queues that the weather needs, in every VPC.  One thread owns it."""

    def __init__(self, namespace_of: Callable[[str], str]) -> None:
        self._namespace_of = namespace_of
        self._running: dict[tuple[namespaces.Identity, int], Slowed] = {}

    def follow(self, vpc_ids: Iterable[str], weather: Weather) -> None:
        """Have a queue for every delay wherever a VPC's router stands, and no other."""
        delays = {each.delay_ms for each in weather.disturbances if each.delay_ms}
        names = {namespaces.identity(name): name for name in map(self._namespace_of, vpc_ids)} if delays else {}
        wanted = {(identity, delay): name for identity, name in names.items() if identity for delay in delays}
        for key in self._running.keys() - wanted.keys():
            self._running.pop(key).close()
        for (identity, delay), name in wanted.items():
            if (identity, delay) not in self._running:
                self._running[identity, delay] = Slowed(name, delay)

    def close(self) -> None:
        """End all."""
        for slowed in self._running.values():
            slowed.close()
        self._running.clear()
