"""Control groups, version 1, 2 or both: one group a machine in every hierarchy that is mounted.

A machine's group has two below: `machine` for what systemd-nspawn starts, `runner` for who starts
it.  Version 2 wants it so: a group that hands controllers on holds no processes itself.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_RUNNER, _MACHINE = "runner", "machine"
_WANTED = ("cpu", "cpuset", "io", "memory", "pids")
_FREEZERS = {"cgroup.freeze": ("0", "1"), "freezer.state": ("THAWED", "FROZEN")}
"""The file of either version, with what thaws and what freezes."""

_POLL_S = 0.02
_REMOVAL_TRIES = 250


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A mounted hierarchy; a version 2 one has no controllers here, it tells itself which it has."""

    path: Path
    is_version_2: bool
    controllers: frozenset[str] = frozenset()


def hierarchies(mounts: str | None = None) -> list[Hierarchy]:
    """What is mounted, from the text of /proc/self/mounts."""
    found = []
    for line in (mounts if mounts is not None else Path("/proc/self/mounts").read_text()).splitlines():
        _, path, kind, options, *_ = line.split()
        if kind == "cgroup2":
            found.append(Hierarchy(Path(path), is_version_2=True))
        elif kind == "cgroup":
            found.append(Hierarchy(Path(path), is_version_2=False, controllers=frozenset(options.split(","))))
    return found


def make(name: str, memory_bytes: int) -> list[Path]:
    """Make the group `name` (PARENT/ID) in every hierarchy, with a limit of memory; return its folders."""
    return [_make(hierarchy, name, memory_bytes) for hierarchy in hierarchies()]


def remove(name: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """End whatever is still in the group, and remove it with all below.

    What was killed takes a moment to be gone; OSError when it takes longer than 5 s.
    """
    for folder in _folders(name):
        for _ in range(_REMOVAL_TRIES):
            with suppress(OSError):
                _remove(folder)
                break
            sleep(_POLL_S)
        else:
            _remove(folder)


def _remove(folder: Path) -> None:
    kill(folder)
    for path, _, _ in os.walk(folder, topdown=False):
        with suppress(FileNotFoundError):
            Path(path).rmdir()


def end_processes(name: str) -> None:
    """Kill whatever is in the group."""
    for folder in _folders(name):
        kill(folder)


def cut_off(name: str) -> None:
    """End whatever is in the group and in those below, frozen or not, and remove it with them."""
    end_processes(name)
    for member in {path.name for folder in _folders(name) for path in folder.iterdir() if path.is_dir()}:
        with suppress(FileNotFoundError):
            set_frozen(f"{name}/{member}", frozen=False)  # version 1 lets nobody die frozen
    remove(name)


def kill(folder: Path) -> None:
    """Kill every process in this folder and below."""
    for pid in processes(folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def processes(folder: Path) -> Iterator[int]:
    """Every process in this folder and below."""
    for path, _, _ in os.walk(folder):
        with suppress(OSError):
            yield from (int(line) for line in (Path(path) / "cgroup.procs").read_text().split())


def set_frozen(name: str, *, frozen: bool) -> None:
    """Stop everything in the group where it is, or let it go on.  FileNotFoundError when there is no group."""
    for folder in _folders(name):
        for file, words in _FREEZERS.items():
            if (folder / file).exists():
                (folder / file).write_text(words[frozen])
                return
    raise FileNotFoundError(f"there is no control group {name} that can be frozen")


def memory_bytes(name: str) -> int:
    """How much memory the group uses now, page cache included; 0 where nobody counts."""
    for folder in _folders(name):
        for file in ("memory.current", "memory.usage_in_bytes"):
            with suppress(OSError, ValueError):
                return int((folder / file).read_text())
    return 0


def processor_s(name: str) -> float:
    """How many seconds of processor the group has used since it was made; 0 where nobody counts."""
    for folder in _folders(name):
        with suppress(OSError, ValueError):
            return int((folder / "cpuacct.usage").read_text()) / 1e9
        with suppress(OSError, ValueError):
            counts = dict(line.split() for line in (folder / "cpu.stat").read_text().splitlines())
            if "usage_usec" in counts:
                return int(counts["usage_usec"]) / 1e6
    return 0.0


def _folders(name: str) -> list[Path]:
    return [path for hierarchy in hierarchies() if (path := hierarchy.path / name).is_dir()]


def _make(hierarchy: Hierarchy, name: str, memory_limit_bytes: int) -> Path:
    folder = hierarchy.path / name
    steps = (folder.parent, folder, folder / _RUNNER, folder / _MACHINE)
    for step in steps:
        step.mkdir(exist_ok=True)
        if "cpuset" in hierarchy.controllers:  # a version 1 cpuset is born empty, and takes nobody in
            for file in ("cpuset.cpus", "cpuset.mems"):
                (step / file).write_text((step.parent / file).read_text())
    if hierarchy.is_version_2:
        for step in (hierarchy.path, folder.parent, folder):
            _hand_on(step)
    limit = "memory.max" if hierarchy.is_version_2 else "memory.limit_in_bytes"
    for limited in (folder, folder / _MACHINE):  # the second is what the machine sees as its own
        if (limited / limit).exists():
            (limited / limit).write_text(str(memory_limit_bytes))
    return folder


def _hand_on(folder: Path) -> None:
    """Let the groups below use what controllers there are."""
    available = (folder / "cgroup.controllers").read_text().split()
    for controller in _wanted(available):
        with suppress(OSError):  # one that cannot be handed on is one that a machine goes without
            (folder / "cgroup.subtree_control").write_text(f"+{controller}")


def _wanted(available: Iterable[str]) -> list[str]:
    return [each for each in _WANTED if each in available]
