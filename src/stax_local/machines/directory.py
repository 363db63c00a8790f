"""Finding a machine by what people call it, and the way in."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stax_local.desired import Instance
from stax_local.machines.folder import MachineFolder
from stax_local.problem import Problem


@dataclass(frozen=True, slots=True)
class Listed:
    """A machine and its names: instance id, host name, and those that its stax gives it."""

    folder: MachineFolder
    names: frozenset[str]
    sorts_by: tuple[str, str]
    """When it was launched, and its id."""


def about(instance: Instance, hostname: str) -> str:
    """What to keep of an instance in its machine's folder, so that it can be found with the region down."""
    return json.dumps({"hostname": hostname, "launched": instance.launch_time.isoformat(), "tags": dict(instance.tags)})


def find(machines: Path, wanted: str) -> MachineFolder:
    """The machine that `wanted` means.  Raises Problem, exit code 4, when there is none or more than one."""
    listed = sorted(_listed(machines), key=lambda each: each.sorts_by)
    named = _numbered(listed)
    found = [folder for folder, names in named if wanted in names] or [
        folder for folder, _ in named if wanted.startswith("i-") and folder.instance_id.startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(folder.instance_id for folder in found)
        raise Problem(f"{wanted} may be any of {several}", "name one of them", exit_code=4)
    there = ", ".join(sorted({_short(names) for _, names in named})) or "none"
    raise Problem(f"there is no machine {wanted}", f"machines here: {there}", exit_code=4)


def _listed(machines: Path) -> Iterator[Listed]:
    for path in machines.iterdir() if machines.is_dir() else ():
        with suppress(OSError, ValueError):
            kept = json.loads((path / "about").read_text())
            tags, instance_id = kept["tags"], path.name
            own = tags.get("Name", "")
            short = own.removesuffix(f"-{tags['stax:name']}") if "stax:name" in tags else own
            names = frozenset(filter(None, (instance_id, kept["hostname"], own, short, tags.get("stax:role", ""))))
            yield Listed(MachineFolder(path), names, (kept["launched"], instance_id))


def _numbered(listed: list[Listed]) -> list[tuple[MachineFolder, frozenset[str]]]:
    """Docker hosts have numbers besides, the oldest first, as `stax describe` counts them."""
    count, numbered = 0, []
    for each in listed:
        names = each.names
        if "docker" in names:
            count += 1
            names |= {f"docker{count}"}
        numbered.append((each.folder, names))
    return numbered


def _short(names: frozenset[str]) -> str:
    """What to call it in a list: the shortest name that tells it from others."""
    shared = {"docker", "nat"}
    return min(names - shared, key=lambda name: (len(name), name))
