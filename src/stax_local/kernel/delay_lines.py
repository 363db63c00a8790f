"""Delay lines: the processes that hold a VPC's late packets, started and ended by their recorded ids."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from stax_local.kernel import namespaces
from stax_local.kernel.process import KernelError
from stax_local.observed import Delay
from stax_local.process import read_process

PROGRAM = Path(__file__).parent.parent / "programs" / "delay_line.py"

_STARTS_WITHIN_S = 20.0
"""It takes 0.05 s; a machine that starves takes longer."""
_ENDS_WITHIN_S = 5.0


class DelayLines:
    """Those of one region; each has a file in `folder`, named after its namespace and its device."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: dict[Path, subprocess.Popen[bytes]] = {}
        self._processes = {record: read_process(text) for record in self._records("*") if (text := record.read_text())}
        """Who serves, remembered: the records may be gone one day."""

    def start(self, namespace: str, delay: Delay) -> None:
        """Start one and return once it serves.  Raises KernelError when it does not."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        record = self._record(namespace, delay)
        self._end(record)  # one that has lost its device
        # Without site packages it is there in half the time, and somebody waits for it.
        line = (sys.executable, "-I", "-S", PROGRAM, record, delay.device, f"{delay.delay_ms}", f"{delay.jitter_ms}")
        entered = ("nsenter", f"--net={namespaces.FOLDER / namespace}", *line)
        hears, says = os.pipe()
        try:
            self._children[record] = subprocess.Popen(
                entered, stdin=subprocess.DEVNULL, stdout=says, start_new_session=True, cwd="/"
            )
        finally:
            os.close(says)
        if not _hears(hears):
            self._end(record)
            raise KernelError(f"packets of {namespace} cannot be held back for {delay.delay_ms} ms")
        self._processes[record] = read_process(record.read_text())

    def end(self, namespace: str, delay: Delay) -> None:
        """End one; what it holds goes on at once.  Nothing happens when there is none."""
        self._end(self._record(namespace, delay))

    def end_in(self, namespace: str) -> None:
        """End all of a namespace."""
        for record in self._records(f"{namespace}+*"):
            self._end(record)

    def end_all(self) -> None:
        """End all that were ever recorded."""
        for record in self._records("*"):
            self._end(record)

    def abandon(self) -> None:
        """End all that are remembered, without their records."""
        for process in self._processes.values():
            process.stop(grace_s=_ENDS_WITHIN_S)

    def _record(self, namespace: str, delay: Delay) -> Path:
        return self._folder / f"{namespace}+{delay.device}"

    def _records(self, pattern: str) -> Iterator[Path]:
        if self._folder.is_dir():
            yield from sorted(self._folder.glob(pattern))

    def _end(self, record: Path) -> None:
        child = self._children.pop(record, None)
        self._processes.pop(record, None)
        text = record.read_text() if record.exists() else ""
        if text and not read_process(text).stop(grace_s=_ENDS_WITHIN_S):
            raise KernelError(f"the process {text} of {record.name} does not end")
        if child:
            child.kill()  # in case it died, or hung, before it wrote down who it is
            child.wait(_ENDS_WITHIN_S)
        record.unlink(missing_ok=True)


def _hears(descriptor: int) -> bool:
    """Wait for a word, and close it; False when whoever should say it has ended, or takes too long."""
    try:
        return bool(select.select([descriptor], [], [], _STARTS_WITHIN_S)[0] and os.read(descriptor, 9))
    finally:
        os.close(descriptor)
