"""Keeping the accounts over restarts: one file with everything, written shortly after every change.

Writing takes up to a second for a big account, and nobody shall wait for it.  A forked child sees
the memory as it was at one moment and writes that, while the region goes on.
"""

import hashlib
import logging
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from stax_local.folder import write_atomically
from stax_local.problem import Problem

_LOGGER = logging.getLogger(__name__)

FIRST_LINE = b"stax local region, format 1\n"
LEAST_REST_S, RESTS = 0.05, 2.0
"""Between two writes: twice as long as the last one took, so that a third of a processor is spent at most.

Of a burst a kill -9 loses what came since the last write began.
"""
SETTLING_S = 0.1
"""From a change to its write.  The fork holds the lock of the accounts: who makes two calls at a time, as a NAT box
that moves a zone does, must not have the second one wait for what the first one changed to be written.
"""
WRITE_LIMIT_S = 20
"""A child that takes longer is stuck, and is ended."""
WAIT_LIMIT_S = 2.0
"""So long whoever must not give away what a kill -9 could take back waits for the disk."""


def write_state(path: Path, state: Any) -> None:
    """Keep the state, with a checksum."""
    body = pickle.dumps(state)
    write_atomically(path, FIRST_LINE + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def read_state(path: Path, *, hint: str) -> Any:
    """What was kept; None when nothing was.  Raises Problem, with the hint, when it is damaged or of another format."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if path.stat().st_uid != os.getuid():
        raise Problem(f"{path} belongs to another user")
    first, _, rest = content.partition(b"\n")
    checksum, _, body = rest.partition(b"\n")
    if first + b"\n" != FIRST_LINE:
        raise Problem(f"{path} was written by another version of stax", hint)
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        raise Problem(f"{path} is damaged: its checksum is wrong", hint)
    try:
        return pickle.loads(body)  # noqa: S301 - the owner's own file, 0600 in a folder 0700, checked above
    except Exception as error:  # classes that moved raise anything at all
        raise Problem(f"{path} was written by another version of stax ({error})", hint) from error


class Keeper:
    """Writes the state after `touch`: at once, or when the rest after the last write is over.

    `gather` runs in the region, without the lock, and takes what other threads may hold locks for.
    `complete` adds the accounts: in a child, which is born under `lock` and has no other threads.
    """

    def __init__(
        self,
        path: Path,
        gather: Callable[[], Any],
        complete: Callable[[Any], Any],
        lock: AbstractContextManager[Any],
    ) -> None:
        self._path = path
        self._gather = gather
        self._complete = complete
        self._lock = lock
        self._changed = threading.Event()
        self._writes_begun = self._writes_ended = 0
        self._written = threading.Condition()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin to keep."""
        self._thread.start()

    @property
    def is_up_to_date(self) -> bool:
        """Whether all that changed is on the disk."""
        return not self._changed.is_set() and self._writes_ended == self._writes_begun

    def touch(self) -> None:
        """Something changed.  Returns at once."""
        self._changed.set()

    def wait(self, limit_s: float = WAIT_LIMIT_S) -> bool:
        """Return once all that has changed until now is on the disk; False when it is not within the limit."""
        with self._written:
            wanted = self._writes_begun + (1 if self._changed.is_set() else 0)
            return self._written.wait_for(lambda: self._writes_ended >= wanted, timeout=limit_s)

    def cease(self) -> None:
        """Write no more."""
        self._over.set()
        self._changed.set()
        self._thread.join(timeout=WRITE_LIMIT_S)

    def stop(self) -> None:
        """Write the last state and end."""
        self.cease()
        gathered = self._gather()
        with self._lock:
            write_state(self._path, self._complete(gathered))

    def _work(self) -> None:
        while True:
            self._changed.wait()
            if self._over.wait(SETTLING_S):
                return
            with self._written:
                self._writes_begun += 1
                self._changed.clear()
            began = time.monotonic()
            written = self._write_in_child()
            self._has_written(written)
            self._over.wait(max(LEAST_REST_S, RESTS * (time.monotonic() - began)))

    def _has_written(self, successfully: bool) -> None:
        with self._written:
            if successfully:
                self._writes_ended = self._writes_begun
            else:
                self._changed.set()
            self._written.notify_all()

    def _write_in_child(self) -> bool:
        gathered = self._gather()
        with self._lock:
            pid = os.fork()
            if pid == 0:
                self._be_child(gathered)
        _, status = os.waitpid(pid, 0)
        if status:
            _LOGGER.error("the state could not be written, wait status %s; trying again", status)
        return status == 0

    def _be_child(self, gathered: Any) -> None:
        """Write and end.  Only this thread lives on in the child, which must not clean up after the others."""
        try:
            signal.alarm(WRITE_LIMIT_S)
            os.closerange(3, 4096)  # above all the listening socket, which a restarted region wants
            write_state(self._path, self._complete(gathered))
        except BaseException as error:
            os.write(2, f"the state could not be written: {type(error).__name__}: {error}\n".encode())
            os._exit(1)
        os._exit(0)
