"""What `check` looked at, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Verdict = Literal["ok", "note", "fail"]
"""A note is worth knowing and no fault: something covered for, or not known yet."""


@dataclass(frozen=True, kw_only=True)
class CheckItem:
    """One promise of the stax."""

    group: str
    subject: str
    verdict: Verdict
    finding: str
    advice: str = ""
    """What to do about it; empty where nothing is to be done."""


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """Every promise of a stax at one moment."""

    name: str
    region: str
    account_id: str
    asked_at: datetime
    items: tuple[CheckItem, ...]

    @property
    def faults(self) -> tuple[CheckItem, ...]:
        """What is wrong."""
        return tuple(item for item in self.items if item.verdict == "fail")


@dataclass(frozen=True, kw_only=True)
class MachineFacts:
    """What a machine says of itself."""

    machine: str
    clock_off_s: float
    """How far its clock is off this machine's at least; 0 when it lies between question and answer."""
    disks_percent: Mapping[str, int] = field(default_factory=dict)
    certificates_end: Mapping[str, datetime] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    failed_units: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup that lies in the bucket."""

    cluster: str
    """etcd or swarm."""
    key: str
    at: datetime
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class FetchedBackup:
    """The newest copies, in a folder of this machine."""

    name: str
    region: str
    folder: str
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BackupList:
    """The copies of a stax's clusters, the newest first."""

    name: str
    region: str
    bucket: str
    asked_at: datetime
    backups: tuple[Backup, ...]
