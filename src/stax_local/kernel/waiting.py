"""Sleeping until a process ends, or until somebody calls."""

import os
import select
from collections.abc import Iterable
from contextlib import suppress

from stax_local.process import Process


class Alarm:
    """Wakes its one sleeper: when called from another thread, or when a watched process ends."""

    def __init__(self) -> None:
        self._call = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._watched: dict[Process, int] = {}

    def call(self) -> None:
        """Wake the sleeper; one that is awake will not fall asleep again."""
        os.eventfd_write(self._call, 1)

    def sleep(self, processes: Iterable[Process], *, at_most_s: float) -> None:
        """Return when called, when one of the processes ends, or after that time."""
        self._watch(set(processes))
        poll = select.poll()
        for descriptor in (self._call, *self._watched.values()):
            poll.register(descriptor, select.POLLIN)
        poll.poll(at_most_s * 1000)
        with suppress(BlockingIOError):
            os.eventfd_read(self._call)

    def close(self) -> None:
        """Let go of everything."""
        self._watch(set())
        os.close(self._call)

    def _watch(self, wanted: set[Process]) -> None:
        for process in self._watched.keys() - wanted:
            os.close(self._watched.pop(process))
        for process in wanted - self._watched.keys():
            with suppress(ProcessLookupError):
                descriptor = os.pidfd_open(process.pid)
                if process.is_alive():  # asked afterwards: before, the number might have changed hands
                    self._watched[process] = descriptor
                else:
                    os.close(descriptor)
