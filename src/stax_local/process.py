"""Processes by pid *and* start time: a pid alone may have become somebody else's since."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_POLL_S = 0.02


@dataclass(frozen=True)
class Process:
    """A process of this machine; `start_ticks` is its start, in clock ticks since boot."""

    pid: int
    start_ticks: int

    def __str__(self) -> str:
        return f"{self.pid}:{self.start_ticks}"

    def is_alive(self) -> bool:
        """Whether it still runs; one that nobody has waited for yet does not."""
        return _stat(self.pid) == self.start_ticks

    def stop(self, *, grace_s: float, sleep: Callable[[float], None] = time.sleep) -> bool:
        """Ask it to end, then end it.  False when it is still there 5 s after that."""
        return self._signal(signal.SIGTERM, grace_s, sleep) or self._signal(signal.SIGKILL, 5.0, sleep)

    def _signal(self, number: signal.Signals, patience_s: float, sleep: Callable[[float], None]) -> bool:
        if not self.is_alive():
            return True
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        for _ in range(int(patience_s / _POLL_S)):
            if not self.is_alive():
                return True
            sleep(_POLL_S)
        return not self.is_alive()


def read_process(text: str) -> Process:
    """The process that `str` wrote.  Raises ValueError when it wrote something else."""
    pid, _, start_ticks = text.partition(":")
    return Process(int(pid), int(start_ticks))


def this_process() -> Process:
    """The caller."""
    return Process(os.getpid(), _stat(os.getpid()) or 0)


def forget_the_callers_aws(environ: MutableMapping[str, str]) -> None:
    """Take out of the environment whatever would make this region depend on the AWS account of who starts it."""
    for name in [name for name in environ if name.startswith(("AWS_", "BOTO", "MOTO_"))]:
        del environ[name]
    environ["AWS_CONFIG_FILE"] = environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    environ["AWS_EC2_METADATA_DISABLED"] = "true"


def memory_mib(pid: int) -> int:
    """Resident memory; 0 when the process is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


def spawn(argv: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a process in a session of its own, told to `log`, with nothing of the terminal left."""
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
            umask=0o077,
        )


def _stat(pid: int) -> int | None:
    """The start time of a living process (field 22 of /proc/PID/stat), or None."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])
