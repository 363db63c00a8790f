"""Machines as Linux sees them: switched on, asked to end, cut off, entered."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from stax_local.process import Process

PROGRAM = Path(__file__).parent.parent / "programs" / "machine"

# systemd's own: man systemd, "SIGNALS".  Numbers count from the C library's SIGRTMIN, which Python knows.
POWER_OFF = signal.SIGRTMIN + 4
REBOOT = signal.SIGRTMIN + 5


def switch_on(folder: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start the machine in `folder`; what its console says goes to `console.log` there."""
    argv = ("unshare", "--mount", "--propagation", "slave", "sh", str(PROGRAM), str(folder))
    with os.fdopen(os.open(folder / "console.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as console:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
            cwd="/",
            umask=0o022,
            env={"PATH": os.environ.get("PATH", os.defpath), **environment},
        )


def leader(runner: Process) -> int | None:
    """The machine's first process, which is 1 to itself; None while there is none."""
    return next((pid for pid in _descendants(runner.pid) if _is_first(pid)), None) if runner.is_alive() else None


def tell(runner: Process, number: int) -> bool:
    """Send the machine's systemd a signal; False when there is nobody to take it."""
    pid = leader(runner)
    with suppress(ProcessLookupError):
        if pid is not None:
            os.kill(pid, number)
            return True
    return False


def cut_off(runner: Process) -> None:
    """End the machine as a power cut does."""
    pid = leader(runner)
    for each in (pid, runner.pid if runner.is_alive() else None):
        with suppress(ProcessLookupError):
            if each is not None:
                os.kill(each, signal.SIGKILL)


def entering(pid: int, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` inside the machine whose first process is `pid`."""
    return ["nsenter", f"--target={pid}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--", *argv]


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        if not _is_first(child):
            yield from _descendants(child)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _is_first(pid: int) -> bool:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                numbers = line.split()[1:]
                return len(numbers) > 1 and numbers[-1] == "1"
    return False
