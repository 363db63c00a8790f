"""Spreading what a scale-out left crowded: which services, and rolling them once so that Swarm places them anew."""

import copy
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from stax_agent.fleet.state import Unit, constraints
from stax_agent.fleet.swarm import Swarm
from stax_agent.node.docker_api import Docker
from stax_agent.setback import Setback

Answer = Mapping[str, Any]

PATIENCE_S = 300.0
"""A service is updated task by task, each stopped (10 s unless it says otherwise) and started elsewhere."""
MARGIN = 2
"""Tasks that the fullest machine has more than the emptiest: one more cannot be helped."""


def crowded(services: Iterable[Answer], units: Sequence[Unit], nodes: Iterable[Answer]) -> list[dict[str, Any]]:
    """Return the replicated services that are unevenly spread: name, the most and the fewest tasks on a machine.

    Machines are those that take tasks.  A service with constraints is left alone: where it may run is its own.
    """
    taking = [str(node["ID"]) for node in nodes if _takes_tasks(node)]
    found = []
    for service in services:
        spec = service["Spec"]
        if "Replicated" not in spec.get("Mode", {}) or constraints(spec) or len(taking) < MARGIN:
            continue
        running = [unit for unit in units if unit.service == spec["Name"] and unit.active == "active" and unit.machine]
        tasks = Counter(unit.machine.node for unit in running if unit.machine)
        counts = [tasks.get(node, 0) for node in taking]
        if max(counts) - min(counts) >= MARGIN:
            found.append({"service": spec["Name"], "most": max(counts), "fewest": min(counts), "tasks": len(running)})
    return sorted(found, key=lambda one: str(one["service"]))


def _takes_tasks(node: Answer) -> bool:
    is_ready = node.get("Status", {}).get("State") == "ready"
    return bool(is_ready and node.get("Spec", {}).get("Availability", "active") == "active")


def respread(docker: Docker, name: str, *, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Roll a service once, task by task, and wait for the end; raises Setback when it does not come well."""
    service = _service(docker, name)
    spec = copy.deepcopy(service["Spec"])
    template = spec["TaskTemplate"]
    template["ForceUpdate"] = int(template.get("ForceUpdate", 0)) + 1
    docker.post(f"/services/{service['ID']}/update?version={service['Version']['Index']}", spec)
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        status = _service(docker, name).get("UpdateStatus") or {}
        state = str(status.get("State", ""))
        if state == "completed":
            return {"service": name, "state": state}
        if state in {"paused", "rollback_started", "rollback_paused", "rollback_completed"}:
            raise Setback(f"{name}: the update is {state.replace('_', ' ')}: {status.get('Message', '')}")
        if time.monotonic() > deadline_s:
            raise Setback(f"{name}: still {state or 'not begun'} after {PATIENCE_S:.0f} s")
        sleep(0.5)


def _service(docker: Docker, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = docker.get("/services", {"name": [name]})
    for service in found:
        if service["Spec"]["Name"] == name:
            return service
    raise Setback(f"there is no service {name}", code="404")


def rebalance(words: Sequence[str]) -> int:
    """`rebalance` names, as JSON, what is crowded; `rebalance SERVICE` spreads it."""
    docker = Docker()
    try:
        if words:
            said: Any = respread(docker, words[0])
        else:
            said = {"crowded": crowded(docker.get("/services"), Swarm(docker).units(), docker.get("/nodes"))}
    except Setback as setback:
        print(json.dumps({"refused": str(setback)}))
        return 1
    json.dump(said, sys.stdout)
    return 0
