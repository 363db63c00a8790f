"""Taking all machines of a region down, from outside: its process has ended."""

import time
from collections.abc import Callable
from pathlib import Path

from stax_local.kernel import cgroups, containers
from stax_local.machines.decide import GRACE_S
from stax_local.machines.folder import MachineFolder
from stax_local.problem import Problem

_POLL_S = 0.05
_CUT_OFF_LIMIT_S = 10.0


def leave(machines: Path, label: str, *, keep: bool, sleep: Callable[[float], None] = time.sleep) -> None:
    """Switch every machine off: powered off and with its disk kept, or cut off and gone.

    Raises Problem when one does not end.
    """
    folders = [MachineFolder(path) for path in machines.iterdir()] if machines.is_dir() else []
    if keep:
        _power_off(folders, sleep)
    for folder in folders:
        runner = folder.runner()
        if runner:
            containers.cut_off(runner)
        cgroups.end_processes(f"{label}/{folder.instance_id}")
    _wait(folders, _CUT_OFF_LIMIT_S, sleep)
    for folder in folders:
        if _is_alive(folder):
            raise Problem(f"machine {folder.instance_id} does not end", "try again, then look at it with ps")
        cgroups.remove(f"{label}/{folder.instance_id}")
        if keep:
            folder.forget_runner()
        else:
            folder.remove()
    cgroups.remove(label)
    if machines.is_dir() and not keep:
        machines.rmdir()


def _power_off(folders: list[MachineFolder], sleep: Callable[[float], None]) -> None:
    for folder in folders:
        runner = folder.runner()
        if runner and not containers.tell(runner, containers.POWER_OFF):
            containers.cut_off(runner)
    _wait(folders, GRACE_S, sleep)


def _wait(folders: list[MachineFolder], limit_s: float, sleep: Callable[[float], None]) -> None:
    for _ in range(int(limit_s / _POLL_S)):
        if not any(_is_alive(folder) for folder in folders):
            return
        sleep(_POLL_S)


def _is_alive(folder: MachineFolder) -> bool:
    runner = folder.runner()
    return runner is not None and runner.is_alive()
