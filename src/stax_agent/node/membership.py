"""Who becomes a member of a cluster and who stops being one: one step at a time, the quorum first.  Pure.

The same rules for etcd and for Swarm.  The first that applies is the step:

1. Without a quorum nothing can be decided: refused, with what to do.
2. A member whose host is gone, or is told to go and does not answer, is removed.  It votes for nothing any more, so
   that never costs the quorum.
3. A learner that has caught up is promoted; one that has not is waited for.
4. A server that is missing becomes a learner.
5. A member that should not be one any more is removed: after its replacement has been promoted, and only if what
   remains has a quorum.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a cluster, by the instance id of its host."""

    instance_id: str
    is_voter: bool = True
    is_healthy: bool = True


@dataclass(frozen=True)
class Add:
    """Let a host in, as a learner where there are learners."""

    instance_id: str


@dataclass(frozen=True)
class Promote:
    """Let a learner vote; the cluster refuses while it has not caught up."""

    instance_id: str


@dataclass(frozen=True)
class Remove:
    """Take a member out."""

    instance_id: str


@dataclass(frozen=True)
class Refuse:
    """Do nothing, and say why."""

    because: str


Step = Add | Promote | Remove | Refuse


def quorum(voters: int) -> int:
    """Return how many voters decide."""
    return voters // 2 + 1


def next_step(
    members: Sequence[Member], *, there: Collection[str], servers: Sequence[str], ready: Collection[str]
) -> Step | None:
    """Return the one next step, None when there is nothing to do or something has to be waited for.

    `there`: the hosts that exist; `servers`: those that should be members; `ready`: those that can become one now.
    """
    voters = [member for member in members if member.is_voter]
    healthy = [member for member in voters if member.is_healthy]
    if len(healthy) < quorum(len(voters)):
        return Refuse(f"its quorum is lost: {len(healthy)} of {len(voters)} voters answer; stax recover brings it back")
    # Whoever is told to go and does not answer any more is as good as gone: while such a one counts, etcd lets nobody
    # in, and a new manager of Swarm may ask just that one for the way in.
    lost = {member.instance_id for member in voters if not member.is_healthy and member.instance_id not in servers}
    gone = [member for member in members if member.instance_id not in there or member.instance_id in lost]
    if gone:
        return Remove(gone[0].instance_id)
    learner = next((member for member in members if not member.is_voter), None)
    if learner:
        return _learner_step(learner, servers)
    known = {member.instance_id for member in members}
    missing = [server for server in servers if server not in known]
    if missing:
        return next((Add(server) for server in missing if server in ready), None)
    return _surplus_step(voters, servers)


def _learner_step(learner: Member, servers: Sequence[str]) -> Step | None:
    if learner.instance_id not in servers:
        return Remove(learner.instance_id)
    return Promote(learner.instance_id) if learner.is_healthy else None


def _surplus_step(voters: Sequence[Member], servers: Sequence[str]) -> Step | None:
    surplus = [member for member in voters if member.instance_id not in servers]
    if not surplus:
        return None
    leaving = min(surplus, key=lambda member: member.instance_id)
    rest = [member for member in voters if member is not leaving]
    answering = sum(member.is_healthy for member in rest)
    if answering < quorum(len(rest)):
        return Refuse(
            f"without {leaving.instance_id} only {answering} of {len(rest)} voters would answer, "
            f"{quorum(len(rest))} are needed"
        )
    return Remove(leaving.instance_id)
