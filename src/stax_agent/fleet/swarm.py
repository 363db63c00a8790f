"""The Swarm asked and changed through the engine of this host, which must be a manager."""

import copy
import time
from collections.abc import Callable
from typing import Any

from stax_agent.fleet.state import (
    REPLICAS_LABEL,
    STOPPED,
    Machine,
    Unit,
    UnitFile,
    constraints,
    machines,
    unit_files,
    units,
)
from stax_agent.node.docker_api import Docker
from stax_agent.setback import Setback

NOT_A_MANAGER = "503"
"""What the engine answers on a worker, and outside any Swarm."""
PATIENCE_S = 60.0
"""How long a start or stop is waited for: an image may have to be pulled."""


class Swarm:
    """All that fleetctl needs of it."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker

    def managers(self) -> list[str]:
        """Return the managers' addresses, as this host knows them; empty when it is in no Swarm."""
        said = self._docker.get("/info").get("Swarm", {}).get("RemoteManagers") or ()
        return [str(one.get("Addr", "")).rpartition(":")[0] for one in said]

    def machines(self) -> list[Machine]:
        """Return the machines that are up."""
        return machines(self._docker.get("/nodes"))

    def units(self) -> list[Unit]:
        """Return the units."""
        return units(self._docker.get("/services"), self._docker.get("/tasks"), self.machines())

    def unit_files(self) -> list[UnitFile]:
        """Return the unit files."""
        return unit_files(self._docker.get("/services"), self.units())

    def unit_file(self, name: str) -> UnitFile:
        """Return one by name; raises Setback when there is none."""
        service, found = service_of(name), self.unit_files()
        named = {one.name: one for one in found}
        # Its own name first: a service may be called web.1, as a task of web is.
        if one := named.get(name.removesuffix(".service"), named.get(service)):
            return one
        there = ", ".join(one.name for one in found) or "none"
        raise Setback(f"there is no unit {service}; there are: {there}", code="404")

    def start(self, file: UnitFile) -> None:
        """Have the tasks of a stopped service run again."""
        spec = _changeable(file)
        if file.wanted is None:
            left = [one for one in constraints(spec) if one != STOPPED]
            spec["TaskTemplate"].setdefault("Placement", {})["Constraints"] = left
        else:
            before = (spec.get("Labels") or {}).pop(REPLICAS_LABEL, "1")
            spec["Mode"]["Replicated"]["Replicas"] = int(before) if before.isdigit() else 1
        self._update(file, spec)

    def stop(self, file: UnitFile) -> None:
        """End the tasks of a service and keep the service."""
        spec = _changeable(file)
        if file.wanted is None:
            spec["TaskTemplate"].setdefault("Placement", {})["Constraints"] = [*constraints(spec), STOPPED]
        else:
            spec["Labels"] = {**(spec.get("Labels") or {}), REPLICAS_LABEL: str(file.wanted)}
            spec["Mode"]["Replicated"]["Replicas"] = 0
        self._update(file, spec)

    def destroy(self, file: UnitFile) -> None:
        """End a service and forget it."""
        self._docker.delete(f"/services/{file.id}")

    def wait(self, name: str, *, running: bool, sleep: Callable[[float], None] = time.sleep) -> list[Unit]:
        """Wait until the unit's tasks run, or none does, and return them; raises Setback when they do not."""
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            file = self.unit_file(name)
            own = [unit for unit in self.units() if unit.service == file.name]
            active = [unit for unit in own if unit.active == "active"]
            wanted = max(file.wanted or 0, 1)
            if (len(active) >= wanted) if running else not active:
                return active
            if time.monotonic() > deadline_s:
                trouble = next((unit.trouble for unit in own if unit.trouble), "it gives no reason")
                count = f"{len(active)} of {wanted} tasks run" if running else f"{len(active)} tasks still run"
                raise Setback(f"{file.name}: {count} after {PATIENCE_S:.0f} s: {trouble}")
            sleep(0.2)

    def _update(self, file: UnitFile, spec: dict[str, Any]) -> None:
        self._docker.post(f"/services/{file.id}/update?version={file.version}", spec)


def service_of(name: str) -> str:
    """Return the service that a unit's name means: `web` for web, web.service and web.1."""
    name = name.removesuffix(".service")
    stem, _, slot = name.rpartition(".")
    return stem if stem and slot.isdigit() else name


def _changeable(file: UnitFile) -> dict[str, Any]:
    """Return a copy of the service's definition; raises Setback for a job."""
    if not {"Replicated", "Global"} & set(file.spec["Mode"]):
        raise Setback(f"{file.name} is a job: it runs to its end once, and is neither started nor stopped")
    return copy.deepcopy(dict(file.spec))
