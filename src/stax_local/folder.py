"""Where a region lives on disk: one folder of its own, and one file by which stax finds it.

Everything in it is readable by its owner only.  Files are written beside and renamed, so that a
reader, or a restart after a power cut, finds the old or the new and never a half.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stax_local.problem import Problem
from stax_local.process import Process

LOG_LIMIT_BYTES = 4 * 1024 * 1024
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_OURS = {
    "region.json",
    "process.json",
    "account.state",
    "region.log",
    "region.log.1",
    "requests.log",
    "requests.log.1",
    "lock",
}
_OURS |= {"network.json", "network.new", "delays", "weather.json", "dial.sock", "ca.pem", "ca-key.pem", "leaf.pem"}
_OURS |= {"machines", "layer", "overlay-probe", "knock"}  # the machines'


FIRST_ACCOUNT_ID = "123456789012"
"""The account of the region `local`; AWS's documentation uses this number for nobody."""


def account_of(name: str) -> str:
    """The account that a region of this name starts with.

    One each, for stax keeps keys by account: two regions of one home must not meet.  By name, so that
    a region that was taken down and is brought up again is who it was.
    """
    if name == "local":
        return FIRST_ACCOUNT_ID
    return f"{int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % 10**12:012}"


@dataclass(frozen=True)
class Settings:
    """What stays of a region over restarts: where it listens and who owns it."""

    name: str
    region: str
    port: int
    access_key_id: str
    secret_access_key: str
    control_token: str
    quotas: dict[str, int] = field(default_factory=dict)
    data_plane: str = "none"
    """What of it is real: none, network, or machines (and network)."""
    account_id: str = FIRST_ACCOUNT_ID
    uplink: bool = False
    """Whether its machines get out into the world, by this machine's own way out."""
    metric_period_s: int = 60
    """How long a period of CloudWatch is: a datum of every metric comes that often, and scaling counts them."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file by this content, 0600, on the disk before it gets its name."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in the file; None when there is no file, or nothing of ours in it."""
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return content if isinstance(content, dict) else None


@dataclass(frozen=True)
class Folder:
    """A region's folder, and stax's home with the registered endpoints."""

    path: Path
    home: Path
    name: str

    @property
    def log(self) -> Path:
        """What the process says."""
        return self.path / "region.log"

    @property
    def requests(self) -> Path:
        """A line per request."""
        return self.path / "requests.log"

    @property
    def account(self) -> Path:
        """The accounts and stacks."""
        return self.path / "account.state"

    @property
    def dial(self) -> Path:
        """The socket by which this machine connects to the region's public addresses."""
        return self.path / "dial.sock"

    @property
    def endpoint(self) -> Path:
        """The registration by which stax finds the region."""
        return self.home / "endpoints" / f"{self.name}.json"

    def make(self) -> None:
        """Make the folder, 0700.  Raises Problem when it is somebody else's or holds anything else."""
        try:
            # One by one: parents that mkdir makes on the way would be open to others, and stax refuses such a home.
            for folder in (self.home, self.path.parent, self.path):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = self.path.stat()
            strange = sorted(entry.name for entry in self.path.iterdir() if not _is_ours(entry.name))
        except OSError as error:
            raise Problem(f"the state folder {self.path} cannot be used: {error.strerror}") from error
        if status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise Problem(f"the state folder {self.path} is open to others", f"chmod 700 {self.path}, if it is yours")
        if strange:
            raise Problem(f"{self.path} is no region's folder: it holds {strange[0]}", "name an empty one with --state")

    def turn_log(self) -> None:
        """Begin another log when the last one has become long; one old one is kept."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.path / "region.log.1")

    def settings(self) -> Settings | None:
        """What was kept, or None before the first `up`.  Raises Problem when it is damaged."""
        path = self.path / "region.json"
        if not path.exists():
            return None
        kept = read_json(path)
        try:
            return Settings(**(kept or {}))
        except TypeError:
            raise Problem(
                f"{path} is damaged, or written by another version",
                f"{self.command('down')} removes the region, then {self.command('up')}",
            ) from None

    def keep_settings(self, settings: Settings) -> None:
        """Keep them."""
        write_atomically(self.path / "region.json", json.dumps(asdict(settings), indent=2).encode())

    def process(self) -> dict[str, Any] | None:
        """Who serves, or did: pid, its start time, since when."""
        return read_json(self.path / "process.json")

    def keep_process(self, process: Process) -> None:
        """Note who serves, from now on."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        write_atomically(self.path / "process.json", json.dumps({**asdict(process), "since": since}).encode())

    def register(self, registration: dict[str, str]) -> None:
        """Let stax find the region."""
        self.endpoint.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self.endpoint, json.dumps(registration, indent=2).encode())

    def unregister(self) -> None:
        """Take back the registration, if it is this region's."""
        settings, registered = self.settings(), read_json(self.endpoint)
        if registered and settings and registered.get("access_key_id") == settings.access_key_id:
            self.endpoint.unlink(missing_ok=True)

    def belongs_to(self, settings: Settings) -> bool:
        """Whether it is still this region's: not removed, and nobody else's since."""
        try:
            kept = json.loads((self.path / "region.json").read_text())
            return bool(kept["control_token"] == settings.control_token)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except (OSError, ValueError, KeyError, TypeError):
            return True  # damaged, or cannot be read now: that is no reason to take anything down

    def remove(self) -> None:
        """Remove what a region keeps, and the folder when nothing else is in it."""
        if not self.path.is_dir():
            return
        for entry in self.path.iterdir():
            if _is_ours(entry.name) and not entry.is_dir():
                entry.unlink(missing_ok=True)
            elif _is_ours(entry.name):
                shutil.rmtree(entry)
        with suppress(OSError):  # something else is in it, or it is a mount point
            self.path.rmdir()

    def command(self, verb: str) -> str:
        """The command line that does this to this region."""
        named = "" if self.name == "local" else f" --name {self.name}"
        return f"stax local {verb}{named}"

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Hold the folder for this process's life; False when another process does."""
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _is_ours(name: str) -> bool:
    return name in _OURS or any(name.startswith(f".{ours}.") for ours in _OURS)
