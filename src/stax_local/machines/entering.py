"""Going into a machine, past its network."""

import os
import shutil
from collections.abc import Sequence
from typing import NoReturn

from stax_local.kernel import containers
from stax_local.machines.folder import MachineFolder
from stax_local.problem import Problem

# What a login there would have; nothing of the caller's environment goes in, but what the terminal is.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def first_process(machine: MachineFolder) -> int | None:
    """The machine's first process; None when it is off, or has not booted yet."""
    runner = machine.runner()
    return containers.leader(runner) if runner else None


def enter(pid: int, argv: Sequence[str]) -> NoReturn:
    """Become `argv` inside the machine.  Raises Problem when this user may not."""
    if os.geteuid() != 0:
        raise Problem("entering a machine needs root", "sudo stax local exec …")
    environment = {"PATH": _PATH, "HOME": "/root", "USER": "root", "TERM": os.environ.get("TERM", "dumb")}
    command = containers.entering(pid, argv)
    os.execve(shutil.which(command[0]) or command[0], command, environment)  # noqa: S606 - a program, no shell
