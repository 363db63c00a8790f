"""Finding a machine by what people call it, and the way in."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from stax_local.desired import Instance
from stax_local.machines.folder import MachineFolder
from stax_local.naming import Nameable, named
from stax_local.problem import Problem


def about(instance: Instance, hostname: str) -> str:
    """What to keep of an instance in its machine's folder, so that it can be found with the region down."""
    # In whole seconds, as the API tells it: who is numbered by age from there must come to the same numbers.
    launched = instance.launch_time.replace(microsecond=0).isoformat()
    zone = instance.availability_zone
    return json.dumps({"hostname": hostname, "launched": launched, "zone": zone, "tags": dict(instance.tags)})


def find(machines: Path, wanted: str) -> MachineFolder:
    """The machine that `wanted` means.  Raises Problem, exit code 4, when there is none or more than one."""
    listed = named(_nameable(path, facts) for path, facts in _kept(machines))
    found = [each.instance_id for each in listed if wanted in each.names] or [
        each.instance_id for each in listed if wanted.startswith("i-") and each.instance_id.startswith(wanted)
    ]
    if len(found) == 1:
        return MachineFolder(machines / found[0])
    if found:
        raise Problem(f"{wanted} may be any of {', '.join(found)}", "name one of them", exit_code=4)
    there = ", ".join(sorted(each.called for each in listed)) or "none"
    raise Problem(f"there is no machine {wanted}", f"machines here: {there}", exit_code=4)


def in_zone(machines: Path, zone: str) -> list[MachineFolder]:
    """The machines of an availability zone."""
    return [MachineFolder(path) for path, facts in sorted(_kept(machines)) if facts.get("zone") == zone]


def _nameable(path: Path, facts: dict[str, Any]) -> Nameable:
    return Nameable(path.name, facts["hostname"], facts["launched"], facts["tags"])


def _kept(machines: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in machines.iterdir() if machines.is_dir() else ():
        with suppress(OSError, ValueError):
            yield path, json.loads((path / "about").read_text())
