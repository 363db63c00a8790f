"""The throw-away stax of `stax test`, on record as long as anything of them may be there.

A record is written before anything is made and removed when all is gone.  Beside it lies a lock, which ends with
its holder: a record without one was left by a test that was killed.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stax.local_state.files import read_private, remove_private, write_private
from stax.local_state.lock import is_held, locked


@dataclass(frozen=True)
class Trials:
    """The records of one account and region; names are checked before they come here."""

    folder: Path
    home: Path
    now: Callable[[], datetime]

    @contextmanager
    def at_work(self, name: str, *, holder: str) -> Iterator[None]:
        """Put a test on record, and hold it; the record stays until it is removed."""
        with locked(self.folder / f"{name}.lock", home=self.home, holder=holder):
            record = {"name": name, "begun_at": self.now().isoformat()}
            write_private(self._record(name), json.dumps(record).encode(), home=self.home)
            yield

    def remove(self, name: str) -> None:
        """Nothing of it is left, or what is left is wanted."""
        remove_private(self._record(name))

    def abandoned(self) -> tuple[str, ...]:
        """Return the names on record that nobody is at work on."""
        found = [path.stem for path in sorted(self.folder.glob("*.json")) if _is_record(path)]
        return tuple(name for name in found if not is_held(self.folder / f"{name}.lock"))

    def _record(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def _is_record(path: Path) -> bool:
    """The file's name is what was checked when it was written; what stands inside must be the same."""
    try:
        return bool(json.loads(read_private(path) or b"")["name"] == path.stem)
    except (ValueError, KeyError, TypeError):
        return False
