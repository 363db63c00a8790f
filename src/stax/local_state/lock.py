"""One verb at a time on a stax from this machine.

The kernel's own lock on a file: it ends with its holder, however that ends, so a dead process never
keeps anybody out.  The file's text only tells who holds it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stax.errors import StaxError
from stax.local_state.files import ensure_folder, read_private

ATTEMPTS = 10
"""Taking it can meet a holder who is just removing the file; each such meeting needs another holder."""


@contextmanager
def locked(path: Path, *, home: Path, holder: str) -> Iterator[None]:
    """Hold the lock at `path`; raises StaxError naming the one who has it.

    `holder` says in words who we are and what we do, for example "jo@laptop: stax create (process 4711)".
    """
    ensure_folder(path.parent, home=home)
    descriptor = _take(path, holder)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Tell whether somebody holds the lock at this moment."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _take(path: Path, holder: str) -> int:
    for _ in range(ATTEMPTS):
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise _held(path) from error
        if _is_still_there(path, descriptor):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, holder.encode())
            return descriptor
        os.close(descriptor)
    raise _held(path)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StaxError(f"cannot lock {path}: {error.strerror}", hint="let STAX_HOME name another folder") from error


def _is_still_there(path: Path, descriptor: int) -> bool:
    """A holder removes the file before letting go: what we locked may be a file that is gone."""
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _held(path: Path) -> StaxError:
    holder = (read_private(path) or b"").decode("utf-8", "replace").strip() or "another stax"
    message = f"{holder} is at work on this stax"
    return StaxError(message, hint="wait for it to end, or follow it with stax watch")
