"""Where the files of one account and region lie.

    STAX_HOME/
        history.jsonl
        ACCOUNT-REGION/
            stax/NAME/          its private key and whatever else belongs to this one
            pending/NAME.json   its create is under way
        trials/NAME.json    `stax test` made it
            locks/NAME          a verb is at work on it

Two accounts may each have a stax of the same name: what is kept for one is never used for the other.
"""

import getpass
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stax.errors import StaxError
from stax.local_state.files import ensure_folder
from stax.local_state.lock import is_held, locked
from stax.local_state.pending import PendingCreate, read_pending, remove_pending, write_pending
from stax.local_state.trials import Trials

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,127}")


def who_and_where() -> str:
    """Return user@host, as histories, locks and the tag stax:created-by say it."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # No such user in the password database and no LOGNAME, as in some containers.
        user = f"uid{os.getuid()}"
    return f"{user}@{socket.gethostname()}"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class LocalState:
    """The local files of one account and region."""

    home: Path
    account_id: str
    region: str
    now: Callable[[], datetime] = _now

    def folder(self, name: str) -> Path:
        """Return the private folder of a stax, made if it is missing."""
        return ensure_folder(self._place / "stax" / _checked(name), home=self.home)

    def lock(self, name: str, *, verb: str) -> AbstractContextManager[None]:
        """Keep every other stax of this machine away from a stax; raises StaxError naming who is at it."""
        holder = f"{who_and_where()}: stax {verb} {name} (process {os.getpid()}, since {self.now():%H:%M:%S} UTC)"
        return locked(self._place / "locks" / _checked(name), home=self.home, holder=holder)

    def begin_create(self, name: str, *, generated: bool) -> None:
        """Record, before anything is made, that a stax of this name is being made."""
        pending = PendingCreate(name=_checked(name), begun_at=self.now(), generated=generated)
        write_pending(self._place / "pending", pending, home=self.home)

    def end_create(self, name: str) -> None:
        """The create came to its end, good or bad, and nothing of it is left undone."""
        remove_pending(self._place / "pending", _checked(name))

    def interrupted_creates(self) -> Iterator[PendingCreate]:
        """Yield the creates that were begun and have nobody at work on them, newest first."""
        for pending in read_pending(self._place / "pending"):
            if not is_held(self._place / "locks" / pending.name):
                yield pending

    @property
    def trials(self) -> Trials:
        """The throw-away stax of `stax test`."""
        return Trials(self._place / "trials", self.home, self.now)

    def is_known(self, name: str) -> bool:
        """Tell whether anything is kept here for a stax."""
        places = (self._place / "stax" / _checked(name), self._place / "pending" / f"{_checked(name)}.json")
        return any(place.exists() for place in places)

    def forget(self, name: str) -> None:
        """Remove what is kept for a stax; history stays."""
        self.end_create(name)
        folder = self._place / "stax" / _checked(name)
        if folder.is_symlink():
            raise StaxError(f"{folder} is a symbolic link, which stax does not follow here", hint=f"remove {folder}")
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StaxError(f"cannot remove {folder}: {error.strerror}", hint="remove it by hand") from error

    @property
    def _place(self) -> Path:
        return self.home / f"{_checked(self.account_id)}-{_checked(self.region)}"


def _checked(part: str) -> str:
    """Refuse what could lead out of the folder: names are checked long before, this is the last wall."""
    if not _SAFE.fullmatch(part):
        raise StaxError(f"{part!r} cannot be part of a file's name")
    return part
