"""The Swarm's nodes as its managers list them, and the one next thing its leader does about them.  Pure.

A node is a host's by the label that a manager gave it, which no worker can forge; one without a label by its
address.  Addresses are used again: of two nodes of one host the newer is the host's, the other a ghost.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from stax_agent.node.hosts import Group, Host
from stax_agent.node.membership import Add, Member, Promote, Refuse, Remove, next_step
from stax_agent.node.roster import servers

INSTANCE_LABEL = "instance-id"
DRAINED_LABEL = "stax.drained"
"""On a node that the agent drained, and why: what an operator drained stays drained."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node of the Swarm."""

    id: str
    version: int
    """Docker's own guard against two writers: an update names the version that it was made from."""
    address: str
    created_at: str
    """RFC 3339, so that the text sorts by age."""
    is_manager: bool
    """Whether it is to be one."""
    votes: bool = False
    """Whether it is one already: a new one first catches up with the others."""
    is_reachable: bool = False
    """Whether it votes, and the others hear it."""
    is_leader: bool = False
    is_ready: bool = True
    is_down: bool = False
    """Whether it was heard once and is not any more; a node that is joining is neither ready nor down."""
    availability: str = "active"
    engine: str = ""
    """The version of Docker."""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """What the report calls it."""
        if self.is_leader:
            return "leader"
        if not self.is_ready or (self.is_manager and not self.is_reachable):
            return "down"
        return "manager" if self.is_manager else "worker"


@dataclass(frozen=True, kw_only=True)
class Update:
    """Give a node another role, availability or labels."""

    node: Node
    why: str
    is_manager: bool | None = None
    availability: str = ""
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Forget:
    """Take a node off the list that no host stands behind."""

    node: Node
    why: str


def node_of(said: Mapping[str, Any]) -> Node:
    """Read a node from the Engine API's answer."""
    spec, status, manager = said["Spec"], said.get("Status", {}), said.get("ManagerStatus") or {}
    # A manager's own address is the one it advertises; its status may say 0.0.0.0 or an older one.
    address = str(manager.get("Addr", "")).rpartition(":")[0] or str(status.get("Addr", ""))
    return Node(
        id=str(said["ID"]),
        version=int(said["Version"]["Index"]),
        address=address,
        created_at=str(said.get("CreatedAt", "")),
        is_manager=spec.get("Role") == "manager",
        votes=bool(manager),
        is_reachable=manager.get("Reachability") == "reachable",
        is_leader=bool(manager.get("Leader", False)),
        is_ready=status.get("State") == "ready",
        is_down=status.get("State") == "down",
        availability=str(spec.get("Availability", "active")),
        engine=str(said.get("Description", {}).get("Engine", {}).get("EngineVersion", "")),
        labels=dict(spec.get("Labels") or {}),
    )


def by_host(nodes: Sequence[Node], group: Group, known: Mapping[str, str] = MappingProxyType({})) -> dict[str, Node]:
    """Return by instance id the node of each; one whose host is gone under the id of that host, or its own.

    `known`: instance ids by node id, whatever the labels say: in a Swarm that was put back they are another host's.
    """
    found: dict[str, Node] = {}
    for node in sorted(nodes, key=lambda one: (one.is_ready, one.created_at)):
        instance_id = known.get(node.id) or _instance_id(node, group)
        if instance_id in found:
            found[found[instance_id].id] = found[instance_id]
        found[instance_id] = node
    return found


def _instance_id(node: Node, group: Group) -> str:
    if labelled := node.labels.get(INSTANCE_LABEL):
        return labelled
    host = group.at(node.address)
    return host.instance_id if host else node.id


def next_change(
    nodes: Mapping[str, Node], group: Group, restarting: Collection[str] = ()
) -> Update | Forget | Refuse | None:
    """Return what the leader does next, None when all is as it should be.  `restarting`: drained for an update."""
    away = {host.instance_id: "leaving" for host in group.hosts if host.is_leaving}
    away |= {instance_id: "update" for instance_id in restarting if instance_id not in away}
    first = next(_drains(nodes, away), None) or _membership(nodes, group)
    if first and not isinstance(first, Refuse):
        return first
    return next(_labels(nodes, group), None) or next(_returns(nodes, away), None) or _ghost(nodes, group) or first


def _drains(nodes: Mapping[str, Node], away: Mapping[str, str]) -> Iterator[Update]:
    for instance_id, why in away.items():
        node = nodes.get(instance_id)
        if node and node.availability == "active":
            labels = {**node.labels, DRAINED_LABEL: why}
            yield Update(node=node, why=f"{instance_id} is drained: {why}", availability="drain", labels=labels)


def _returns(nodes: Mapping[str, Node], away: Mapping[str, str]) -> Iterator[Update]:
    for instance_id, node in nodes.items():
        if DRAINED_LABEL in node.labels and instance_id not in away and node.is_ready:
            labels = {key: value for key, value in node.labels.items() if key != DRAINED_LABEL}
            yield Update(node=node, why=f"{instance_id} takes tasks again", availability="active", labels=labels)


def _membership(nodes: Mapping[str, Node], group: Group) -> Update | Forget | Refuse | None:
    managers = {instance_id: node for instance_id, node in nodes.items() if node.is_manager}
    wanted = servers(group, _current(managers))
    step = next_step(
        [_member(instance_id, node) for instance_id, node in managers.items()],
        there={host.instance_id for host in group.hosts},
        servers=wanted,
        ready={instance_id for instance_id, node in nodes.items() if node.is_ready and not node.is_manager},
    )
    match step:
        case Add(instance_id):
            return Update(node=nodes[instance_id], why=f"{instance_id} becomes a manager", is_manager=True)
        case Remove(instance_id) if not nodes[instance_id].votes:
            # It was to be a manager and died before it was one: Swarm demotes only those it has counted.
            return Forget(nodes[instance_id], f"{instance_id} is gone before it became a manager")
        case Remove(instance_id):
            return Update(node=nodes[instance_id], why=f"{instance_id} is a manager no more", is_manager=False)
        case Refuse():
            return step
        case Promote() | None:
            return None  # Swarm promotes by itself, once the new manager has caught up


def _current(managers: Mapping[str, Node]) -> list[str]:
    """The managers, the leader first: whoever leads is sent home last."""
    return sorted(managers, key=lambda instance_id: not managers[instance_id].is_leader)


def _member(instance_id: str, node: Node) -> Member:
    return Member(instance_id=instance_id, is_voter=node.votes, is_healthy=node.is_reachable)


def _labels(nodes: Mapping[str, Node], group: Group) -> Iterator[Update]:
    for host in group.hosts:
        node = nodes.get(host.instance_id)
        if node and not facts(host).items() <= node.labels.items():
            why = f"{host.instance_id} is labelled: {host.zone}, {host.instance_type}"
            yield Update(node=node, why=why, labels={**node.labels, **facts(host)})


def facts(host: Host) -> dict[str, str]:
    """Return the labels that tell what a host is, for the placement of services."""
    return {
        INSTANCE_LABEL: host.instance_id,
        "instance-type": host.instance_type,
        "role": "docker",
        "zone": host.zone,
    }


def _ghost(nodes: Mapping[str, Node], group: Group) -> Forget | None:
    there = {host.instance_id for host in group.hosts}
    for instance_id, node in nodes.items():
        # Without a label it may be a host that joined a moment ago, of which EC2 has not told yet.
        is_known = INSTANCE_LABEL in node.labels or node.is_down
        if instance_id not in there and not node.is_manager and is_known:
            return Forget(node, f"{instance_id} is gone and forgotten")
        if instance_id in there and not node.is_ready and not node.is_manager and _has_left(instance_id, group):
            return Forget(node, f"{instance_id} has left")
    return None


def _has_left(instance_id: str, group: Group) -> bool:
    host = group.host(instance_id)
    return host is not None and host.is_leaving
