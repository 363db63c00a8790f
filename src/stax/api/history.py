"""What was done to stax from this machine."""

from dataclasses import dataclass
from pathlib import Path

from stax.local_state import read_history
from stax.model.history import HistoryEntry


@dataclass(frozen=True, kw_only=True)
class History:
    """The entries, oldest first, and how many lines of the file could not be understood."""

    entries: tuple[HistoryEntry, ...]
    unreadable_lines: int


def history(home: Path, name: str = "") -> History:
    """Return what was done from here, to the stax of that name or to all.  Asks nothing of AWS."""
    entries, unreadable = read_history(home)
    kept = tuple(entry for entry in entries if not name or entry.name == name)
    return History(entries=kept, unreadable_lines=unreadable)
