"""What was done to stax from this machine."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """One verb: who ran it, on what, when, how long it took and how it ended."""

    verb: str
    name: str
    region: str
    account_id: str
    who: str
    """user@host"""
    began_at: datetime
    elapsed_s: float
    outcome: str
    """done, failed, interrupted or declined."""
    detail: str = ""
    """One sentence: the first cause of a failure, or what was done."""
