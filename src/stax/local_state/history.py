"""The history of the verbs run from here: a line of JSON each, only ever added to."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from stax.local_state.files import append_private, read_private
from stax.model.history import HistoryEntry

FILE = "history.jsonl"
LARGEST_BYTES = 64 << 20
"""Some 200,000 entries."""
LONGEST_DETAIL = 1000
"""With it a line stays below a page, which the kernel appends in one piece."""


def append_history(home: Path, entry: HistoryEntry) -> None:
    """Add an entry; raises StaxError when the file cannot be written."""
    fields = asdict(entry) | {"began_at": entry.began_at.isoformat(), "detail": entry.detail[:LONGEST_DETAIL]}
    append_private(home / FILE, json.dumps(fields).encode(), home=home)


def read_history(home: Path) -> tuple[tuple[HistoryEntry, ...], int]:
    """Return the entries, oldest first, and how many lines could not be understood (torn by a crash, say)."""
    lines = (read_private(home / FILE, largest_bytes=LARGEST_BYTES) or b"").splitlines()
    parsed = [_parsed(line) for line in lines if line.strip()]
    entries = tuple(entry for entry in parsed if entry is not None)
    return entries, len(parsed) - len(entries)


def _parsed(line: bytes) -> HistoryEntry | None:
    try:
        fields: dict[str, Any] = json.loads(line)
        began_at = datetime.fromisoformat(fields.pop("began_at"))
        elapsed_s = float(fields.pop("elapsed_s"))
        texts = {name: str(text) for name, text in fields.items()}
        entry = HistoryEntry(began_at=began_at, elapsed_s=elapsed_s, **texts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return entry if began_at.tzinfo else None
