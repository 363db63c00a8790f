"""What a host does about consul: whether it becomes a server, stops being one, and whom the leader forgets.  Pure.

consul has its own rules for votes: a new server listens first and is given its vote by the leader, one at a time; one
that leaves gives its vote up.  So here only the order is kept: one host at a time, the quorum first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stax_agent.node.consul_api import ConsulMember
from stax_agent.node.consul_service import node_id
from stax_agent.node.hosts import Group
from stax_agent.node.membership import quorum
from stax_agent.node.roster import servers


@dataclass(frozen=True)
class BecomeServer:
    """This host is to be a server, and it is its turn."""


@dataclass(frozen=True)
class BecomeClient:
    """This host is to give up its vote, and the others have a quorum without it."""


@dataclass(frozen=True)
class Wait:
    """Something is to be done that cannot be done now."""

    because: str


def by_host(members: Sequence[ConsulMember], group: Group) -> dict[str, ConsulMember]:
    """Return the members by instance id; one whose host is gone under its own name."""
    known = {node_id(host.instance_id): host.instance_id for host in group.hosts}
    return {known.get(member.id, member.name): member for member in members}


def own_role(
    instance_id: str, members: Mapping[str, ConsulMember], votes: Collection[str], group: Group
) -> BecomeServer | BecomeClient | Wait | None:
    """Return what this host is to become, None when it may stay what it is.

    `votes`: the instance ids of the servers, as the leader has them.
    """
    wanted = servers(group, votes)
    alive = {each for each, member in members.items() if member.status == "alive"}
    missing = [server for server in wanted if server not in votes and server in alive]
    if instance_id in missing:
        # One at a time: a server that does not vote yet is no help to the quorum.
        return BecomeServer() if missing[0] == instance_id and set(votes) <= alive else None
    surplus = sorted(each for each in votes if each not in wanted and each in alive)
    if instance_id not in surplus or missing or surplus[0] != instance_id:
        return None
    rest = [each for each in votes if each != instance_id]
    answering = sum(each in alive for each in rest)
    if not rest or answering < quorum(len(rest)):
        return Wait(f"without this host only {answering} of {len(rest)} servers would answer")
    return BecomeClient()


def ghosts(members: Mapping[str, ConsulMember], group: Group) -> Iterator[ConsulMember]:
    """Yield the members that no host stands behind any more, and those that have left."""
    for instance_id, member in members.items():
        host = group.host(instance_id)
        if member.status != "alive" and (host is None or host.is_leaving):
            yield member


def word(member: ConsulMember, leader: str) -> str:
    """What the report calls a member."""
    if member.status != "alive":
        return "failed"
    if member.is_server:
        return "leader" if member.address == leader else "server"
    return "client"
