"""Docker Swarm: the first host makes it, all others join as workers, and its leader makes managers of some.

Workers join with the token that the leader keeps in SSM; the managers' token never leaves the Swarm.  The leader is
the only one that changes anything, and Docker lets only one lead: that is the mutual exclusion.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from stax_agent.node.cluster import Refused, View
from stax_agent.node.docker_api import JOIN_TIMEOUT_S, MANAGER_PORT, Docker
from stax_agent.node.founding import Founding
from stax_agent.node.hosts import Group
from stax_agent.node.membership import Refuse
from stax_agent.node.site import Site
from stax_agent.node.swarm_nodes import Forget, Node, Update, by_host, next_change, node_of
from stax_agent.node.swarm_restore import SwarmRestore
from stax_agent.setback import Setback

OVERLAY_POOL, OVERLAY_BITS = "172.17.64.0/18", 24
"""Inside the one block that a stax's VPC may not use; Docker's default is all of 10.0.0.0/8."""
PARAMETER = "swarm"
RESTORING = "restoring"
FORGOTTEN_AFTER_S = 30.0
"""A report that is this much younger than a host's joining, and does not know it, means that it was removed."""
LOOKED_UP_EVERY_S = 20.0


@dataclass(frozen=True, kw_only=True)
class SwarmView(View):
    """The Swarm as this host's engine has it."""

    standing: str = "inactive"
    """Docker's word for this host: inactive, pending, active, locked or error; ours while it is put back."""
    complaint: str = ""
    is_manager: bool = False
    nodes: Mapping[str, Node] = field(default_factory=dict)
    """By instance id; empty on a worker, which is told nothing."""
    has_quorum_lost: bool = False


class Swarm:
    """This host's part in the Swarm."""

    name = "swarm"

    def __init__(
        self,
        site: Site,
        docker: Docker,
        founding: Founding,
        restarting: Callable[[], Collection[str]] = tuple,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._site, self._docker = site, docker
        self._founding, self._restarting = founding, restarting
        self._restore = SwarmRestore(docker, site.private_ip)
        self._now = now
        self._published = ""
        self._in_since: float | None = None
        self._looked_up_at = 0.0

    def observe(self, group: Group) -> SwarmView:
        """Ask the engine of this host, and as a manager for all nodes."""
        if self._restore.is_under_way:
            return SwarmView(standing=RESTORING)
        swarm = self._docker.get("/info")["Swarm"]
        view = SwarmView(
            standing=str(swarm["LocalNodeState"]),
            complaint=str(swarm.get("Error", "")),
            is_manager=bool(swarm.get("ControlAvailable")),
        )
        self._keep_time(view)
        return self._as_manager(swarm, group) if view.is_manager else view

    def step(self, view: SwarmView, group: Group) -> str | None:
        """Join if this host is out; as the leader, do the next thing that the nodes need."""
        if view.standing == "inactive":
            own = group.host(self._site.instance_id)
            return None if own and own.is_leaving else self._enter(group)
        if view.standing == RESTORING:
            return self._restore.go_on()
        if view.standing == "error":
            # What a manager holds may be the last that there is: certificates of hosts that stood still end as well.
            if self._site.instance_id in _read(self._site.store.get(PARAMETER) or "{}").get("managers", ()):
                raise Refused(f"this host is a manager, and its engine cannot take part: {view.complaint}")
            self._leave()
            return f"left a Swarm that it could not join: {view.complaint}"
        if view.has_quorum_lost:
            raise Refused(
                f"its quorum is lost, {view.healthy} of {view.voters} managers answer; stax recover brings it back"
            )
        if view.is_leader:
            return self._publish(view) or self._lead(view, group)
        if not view.is_manager and self._is_forgotten():
            self._leave()
            return "left a Swarm that had removed this host, to join it again"
        return None

    def _as_manager(self, swarm: Mapping[str, Any], group: Group) -> SwarmView:
        try:
            listed = self._docker.get("/nodes")
        except Setback:
            known = len(swarm.get("RemoteManagers") or ())
            return SwarmView(standing="active", is_manager=True, healthy=0, voters=known, has_quorum_lost=True)
        nodes = by_host([node_of(one) for one in listed], group, {str(swarm["NodeID"]): self._site.instance_id})
        voters = [node for node in nodes.values() if node.votes]
        return SwarmView(
            states={instance_id: node.word for instance_id, node in nodes.items()},
            healthy=sum(node.is_reachable for node in voters),
            voters=len(voters),
            is_leader=any(node.is_leader and node.id == swarm["NodeID"] for node in nodes.values()),
            versions=frozenset(node.engine for node in nodes.values()),
            standing="active",
            is_manager=True,
            nodes=nodes,
        )

    def _enter(self, group: Group) -> str | None:
        """Join the Swarm that is there; make it, if there is none and this host is to found it."""
        published = _read(self._site.store.get(PARAMETER) or "{}")
        own = {
            "ListenAddr": f"{self._site.private_ip}:{MANAGER_PORT}",
            "AdvertiseAddr": self._site.private_ip,
            "DataPathAddr": self._site.private_ip,
        }
        managers = [group.host(each) for each in published.get("managers", ()) if each != self._site.instance_id]
        addresses = [f"{host.private_ip}:{MANAGER_PORT}" for host in managers if host]
        if not addresses:
            return self._found(own, group, is_anew=bool(published))
        body = {**own, "RemoteAddrs": addresses, "JoinToken": published["token"]}
        self._docker.post("/swarm/join", body, timeout_s=JOIN_TIMEOUT_S)
        return "joined the Swarm as a worker"

    def _found(self, own: Mapping[str, Any], group: Group, *, is_anew: bool) -> str | None:
        if not self._founding.is_mine(group):
            if is_anew:
                raise Refused("none of the managers that it could join is left")
            return None
        if not is_anew and (copy := self._founding.begins_with()):
            self._restore.lay_down(copy)
            return "the state of another Swarm lies on this host's disk, from a copy"
        body = {**own, "DefaultAddrPool": [OVERLAY_POOL], "SubnetSize": OVERLAY_BITS, "Spec": {}}
        self._docker.post("/swarm/init", body, timeout_s=JOIN_TIMEOUT_S)
        return "made the Swarm anew: all managers of the one before are gone" if is_anew else "made the Swarm"

    def _publish(self, view: SwarmView) -> str | None:
        """Keep in SSM what a worker needs to join."""
        token = self._docker.get("/swarm")["JoinTokens"]["Worker"]
        managers = sorted(instance_id for instance_id, node in view.nodes.items() if node.is_reachable)
        text = json.dumps({"token": token, "managers": managers})
        if text == self._published:
            return None
        if self._site.store.get(PARAMETER) != text:
            self._site.store.put(PARAMETER, text, is_secret=True)
        self._published = text
        return f"published the managers: {', '.join(managers)}"

    def _lead(self, view: SwarmView, group: Group) -> str | None:
        change = next_change(view.nodes, group, self._restarting())
        match change:
            case Update():
                self._remember(view, change)
                self._update(change)
            case Forget(node):
                self._docker.delete(f"/nodes/{node.id}?force=true")
            case Refuse(because):
                raise Refused(because)
            case None:
                return None
        return change.why

    def _remember(self, view: SwarmView, change: Update) -> None:
        """Write down who holds the Swarm's data, before one more does."""
        managers = {instance_id for instance_id, node in view.nodes.items() if node.is_manager}
        new = {instance_id for instance_id, node in view.nodes.items() if change.is_manager and node is change.node}
        self._founding.remember(managers | new)

    def _update(self, change: Update) -> None:
        node = change.node
        is_manager = node.is_manager if change.is_manager is None else change.is_manager
        body = {
            "Role": "manager" if is_manager else "worker",
            "Availability": change.availability or node.availability,
            "Labels": dict(node.labels if change.labels is None else change.labels),
        }
        self._docker.post(f"/nodes/{node.id}/update?version={node.version}", body)

    def _leave(self) -> None:
        self._docker.post("/swarm/leave?force=true", timeout_s=JOIN_TIMEOUT_S)
        self._in_since = None

    def _keep_time(self, view: SwarmView) -> None:
        if view.standing == "inactive":
            self._in_since = None
        elif self._in_since is None:
            self._in_since = self._now()

    def _is_forgotten(self) -> bool:
        """Whether the leader reports, long after this host joined, that it is not in."""
        now = self._now()
        if self._in_since is None or now - self._looked_up_at < LOOKED_UP_EVERY_S:
            return False
        self._looked_up_at = now
        report = _read(self._site.store.get("report") or "{}")
        if float(report.get("at", 0)) < self._in_since + FORGOTTEN_AFTER_S:
            return False
        own = [host for host in report.get("hosts", ()) if host["instance_id"] == self._site.instance_id]
        return bool(own) and own[0].get("swarm") == "missing"


def _read(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Setback("a parameter of the docker hosts is no JSON object")
    return said
