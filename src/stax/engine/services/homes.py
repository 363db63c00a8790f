"""Where services with data live: a volume lies on one docker host, and the service is kept to that one by a label.

A label of the node, `stax.home.SERVICE`, which only a manager can set.  A host that is gone takes its label along,
and the data with it: the service then gets a new home, and that is said.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stax.errors import StaxError
from stax.model.services import Definition
from stax.remote.docker_api import Docker

PREFIX = "stax.home."
HERE = "yes"


def homeless(definition: Definition) -> set[str]:
    """Return the services for which the definition asks for a home of their own."""
    found = set()
    for service in definition["services"].values():
        constraints = ((service.get("deploy") or {}).get("placement") or {}).get("constraints") or ()
        for one in constraints:
            label, _, value = str(one).replace(" ", "").partition("==")
            if label.startswith(f"node.labels.{PREFIX}") and value == HERE:
                found.add(label.removeprefix(f"node.labels.{PREFIX}"))
    return found


def settle(docker: Docker, names: Iterable[str]) -> dict[str, str]:
    """Give each service that has none a home, on the docker host with the fewest; return the new ones' node ids.

    Raises StaxError when no docker host takes tasks.
    """
    nodes = docker.get("/nodes")
    chosen = chosen_homes(nodes, names)
    for name, node_id in chosen.items():
        node = docker.get(f"/nodes/{node_id}")
        spec = {**node["Spec"], "Labels": {**(node["Spec"].get("Labels") or {}), f"{PREFIX}{name}": HERE}}
        docker.post(f"/nodes/{node_id}/update?version={node['Version']['Index']}", spec)
    return chosen


def chosen_homes(nodes: Sequence[Mapping[str, Any]], names: Iterable[str]) -> dict[str, str]:
    """Return which node each service without a home is to live on.  Pure."""
    labels = {str(one["ID"]): one["Spec"].get("Labels") or {} for one in nodes if _takes_tasks(one)}
    if not labels:
        raise StaxError("no docker host takes tasks", hint="stax check says how they are")
    settled = {key for node in nodes for key, value in (node["Spec"].get("Labels") or {}).items() if value == HERE}
    homes = Counter({node: sum(key.startswith(PREFIX) for key in each) for node, each in labels.items()})
    chosen = {}
    for name in sorted(names):
        if f"{PREFIX}{name}" in settled:
            continue
        chosen[name] = min(sorted(labels), key=lambda node: homes[node])
        homes[chosen[name]] += 1
    return chosen


def _takes_tasks(node: Mapping[str, Any]) -> bool:
    return (node.get("Status", {}).get("State"), node["Spec"].get("Availability")) == ("ready", "active")
