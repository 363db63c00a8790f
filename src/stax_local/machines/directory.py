"""Finding a machine by what people call it, and the way in."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stax_local.desired import Instance
from stax_local.machines.folder import MachineFolder
from stax_local.problem import Problem

_STAX, _ROLE = "stax:name", "stax:role"
"""The tags by which machines of a stax know whose they are and what."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A machine, what to call it, and whatever else it answers to."""

    folder: MachineFolder
    called: str
    names: frozenset[str]


def about(instance: Instance, hostname: str) -> str:
    """What to keep of an instance in its machine's folder, so that it can be found with the region down."""
    # In whole seconds, as the API tells it: who is numbered by age from there must come to the same numbers.
    launched = instance.launch_time.replace(microsecond=0).isoformat()
    return json.dumps({"hostname": hostname, "launched": launched, "tags": dict(instance.tags)})


def find(machines: Path, wanted: str) -> MachineFolder:
    """The machine that `wanted` means.  Raises Problem, exit code 4, when there is none or more than one."""
    listed = _listed(machines)
    found = [each.folder for each in listed if wanted in each.names] or [
        each.folder for each in listed if wanted.startswith("i-") and each.folder.instance_id.startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(folder.instance_id for folder in found)
        raise Problem(f"{wanted} may be any of {several}", "name one of them", exit_code=4)
    there = ", ".join(sorted(each.called for each in listed)) or "none"
    raise Problem(f"there is no machine {wanted}", f"machines here: {there}", exit_code=4)


def _listed(machines: Path) -> list[Listed]:
    """All machines; docker hosts are numbered, the oldest first, as `stax describe` does."""
    kept = sorted(_kept(machines), key=lambda each: (each[1]["launched"], each[0].instance_id))
    docker_hosts = [folder for folder, facts in kept if facts["tags"].get(_ROLE) == "docker"]
    numbers = {folder.instance_id: f"docker{number}" for number, folder in enumerate(docker_hosts, start=1)}
    return [_named(folder, facts, numbers.get(folder.instance_id, "")) for folder, facts in kept]


def _named(folder: MachineFolder, facts: dict[str, Any], number: str) -> Listed:
    tags = facts["tags"]
    name = tags.get("Name", "")
    short = name.removesuffix(f"-{tags.get(_STAX, '')}")
    names = {folder.instance_id, facts["hostname"], name, short, tags.get(_ROLE, ""), number} - {""}
    return Listed(folder, number or short or folder.instance_id, frozenset(names))


def _kept(machines: Path) -> Iterator[tuple[MachineFolder, dict[str, Any]]]:
    for path in machines.iterdir() if machines.is_dir() else ():
        with suppress(OSError, ValueError):
            yield MachineFolder(path), json.loads((path / "about").read_text())
