"""One machine's folder: its disk, and what its runner wrote down."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stax_local.folder import write_atomically
from stax_local.machines.decide import Seen
from stax_local.process import Process

_CONSOLE_BYTES = 64 * 1024
"""As much as GetConsoleOutput gives."""
_CONSOLE_LIMIT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MachineFolder:
    """Files of one machine; made when it is first switched on, gone with its disk."""

    path: Path

    @property
    def instance_id(self) -> str:
        """Whose folder it is."""
        return self.path.name

    def make(self) -> None:
        """Make it, and forget how the machine ended last time."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("on", "refused", "exit", "runner"):
            (self.path / name).unlink(missing_ok=True)

    def runner(self) -> Process | None:
        """The process that is the machine, alive or not, if this host has had one since it booted."""
        with suppress(OSError, ValueError):
            pid, start_ticks, boot_id = (self.path / "runner").read_text().split()
            if boot_id == _boot_id():
                return Process(int(pid), int(start_ticks))
        return None

    def seen(self) -> Seen:
        """The facts."""
        runner = self.runner()
        return Seen(
            is_alive=runner is not None and runner.is_alive(),
            is_on=(self.path / "on").exists(),
            is_refused=(self.path / "refused").exists(),
            was_on=runner is not None,
            exit_code=_number(self.path / "exit"),
            boot=_number(self.path / "boot") or 0,
            has_disk=self.path.is_dir(),
        )

    def note_boot(self, boot: int) -> None:
        """The boot with this number has been seen to."""
        write_atomically(self.path / "boot", str(boot).encode())

    def link(self, name: str, target: Path) -> None:
        """Name a layer of the disk; a machine keeps the layers that it was born with."""
        if not (self.path / name).is_symlink():
            (self.path / name).symlink_to(target)

    def write_about(self, text: str) -> None:
        """Keep what is known of it."""
        write_atomically(self.path / "about", text.encode())

    def forget_runner(self) -> None:
        """As if it had never been switched on; the next one who looks switches it on."""
        (self.path / "runner").unlink(missing_ok=True)

    def console(self) -> str:
        """The end of what its console said."""
        with suppress(OSError), (self.path / "console.log").open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _CONSOLE_BYTES))
            return file.read().decode(errors="replace")
        return ""

    def bound_console(self) -> int:
        """Cut a console that has grown too long down to its end; return its size."""
        path = self.path / "console.log"
        with suppress(OSError):
            if path.stat().st_size > _CONSOLE_LIMIT_BYTES:
                end = self.console()
                # The machine goes on writing at what is the end then (O_APPEND).
                path.write_text(end)
            return path.stat().st_size
        return 0

    def remove(self) -> None:
        """The disk and all the rest; the machine is off."""
        shutil.rmtree(self.path, ignore_errors=True)


def _number(path: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(path.read_text())
    return None


@cache
def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
