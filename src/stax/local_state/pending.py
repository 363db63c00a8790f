"""Creates that were begun from here and not seen to their end.

Written before the first change in AWS, removed when the stax is made or gone again: the same command
finds the name it chose before it was interrupted.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stax.local_state.files import read_private, remove_private, write_private


@dataclass(frozen=True, kw_only=True)
class PendingCreate:
    """A create under way: the stax's name and when it was begun; whether stax chose the name itself."""

    name: str
    begun_at: datetime
    generated: bool


def write_pending(folder: Path, pending: PendingCreate, *, home: Path) -> None:
    """Record a create under way."""
    fields = {"name": pending.name, "begun_at": pending.begun_at.isoformat(), "generated": pending.generated}
    write_private(folder / f"{pending.name}.json", json.dumps(fields).encode(), home=home)


def read_pending(folder: Path) -> tuple[PendingCreate, ...]:
    """Return the creates under way, newest first; a record that cannot be understood is left out."""
    found = (_parsed(read_private(path), path.stem) for path in folder.glob("*.json"))
    return tuple(sorted((one for one in found if one), key=lambda one: one.begun_at, reverse=True))


def remove_pending(folder: Path, name: str) -> None:
    """Forget a create: it is done, or all of it is gone."""
    remove_private(folder / f"{name}.json")


def _parsed(content: bytes | None, name: str) -> PendingCreate | None:
    try:
        fields = json.loads(content or b"")
        begun_at = datetime.fromisoformat(fields["begun_at"])
        # The file's name is what was checked when it was written; what stands inside must not lead elsewhere.
        if fields["name"] != name or begun_at.tzinfo is None:
            return None
        return PendingCreate(name=name, begun_at=begun_at, generated=bool(fields["generated"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
