"""etcd as one of the three clusters: who is a member, what this host does about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from stax_agent.node.cluster import Refused, View
from stax_agent.node.etcd_api import EtcdApi, EtcdMember, EtcdStatus, first_answer, statuses
from stax_agent.node.etcd_register import Register
from stax_agent.node.etcd_service import EtcdService
from stax_agent.node.founding import Founding
from stax_agent.node.hosts import Group
from stax_agent.node.membership import Add, Member, Promote, Refuse, Step, next_step
from stax_agent.node.roster import servers
from stax_agent.setback import Setback

LOCAL = "127.0.0.1"
Connect = Callable[[str], EtcdApi]
"""From an address to the server there."""


@dataclass(frozen=True, kw_only=True)
class EtcdView(View):
    """The cluster as this host sees it."""

    members: tuple[EtcdMember, ...] = ()
    statuses: Mapping[str, EtcdStatus] = field(default_factory=dict)
    """By member id, of those that answer."""
    own: EtcdMember | None = None
    """This host's entry."""

    @property
    def leader_address(self) -> str:
        """Where the leader is; empty while there is none."""
        leaders = {status.leader_id for status in self.statuses.values()}
        return next((member.address for member in self.members if member.id in leaders), "")


class Etcd:
    """The cluster, from one host."""

    name = "etcd"

    def __init__(
        self, instance_id: str, address: str, *, connect: Connect, service: EtcdService, founding: Founding
    ) -> None:
        self._instance_id, self._address = instance_id, address
        self._connect, self._service, self._founding = connect, service, founding
        self._register = Register(instance_id)
        self._known: set[str] = set()

    def observe(self, group: Group) -> EtcdView:
        """Ask this host's own server, otherwise the others; nobody who answers is an empty view."""
        members = self._members(group)
        said = statuses({member.id: self._connect(member.address) for member in members})
        return _view(members, said, self._states(members, said, group), self._address)

    def _members(self, group: Group) -> tuple[EtcdMember, ...]:
        if self._service.has_data and (members := first_answer([self._connect(self._address)])):
            return members
        others = {host.private_ip for host in group.hosts if host.is_running and host.private_ip != self._address}
        # Those that were members a moment ago: most hosts are none, and need not be asked each time.
        for addresses in (others & self._known, others - self._known):
            if members := first_answer([self._connect(address) for address in sorted(addresses)]):
                self._known = {member.address for member in members}
                return members
        return ()

    def step(self, view: EtcdView, group: Group) -> str | None:
        """Found, join, resume, serve or leave, as this host's part; the leader also changes who is a member."""
        if self._service.has_data:
            return self._as_member(view, group)
        if not view.members:
            return self._as_founder(group)
        if view.own and view.own.name in ("", self._instance_id):
            return self._as_joiner(view)
        voters = [member.address for member in view.members if not member.is_learner and member.id in view.statuses]
        if voters and self._service.pass_on(voters):
            return f"this host's port leads to {', '.join(sorted(voters))}"
        return self._registered()

    def _as_founder(self, group: Group) -> str | None:
        if self._service.serves():
            return None
        if not self._founding.is_mine(group):
            raise Setback("no member answers yet")
        if copy := self._founding.begins_with():
            self._service.put_back(copy)
            return "what was in it lies on this host's disk again, from a copy"
        self._service.found()
        return "founded by this host"

    def _as_joiner(self, view: EtcdView) -> str | None:
        if self._service.serves():
            return None
        names = {member.name or self._instance_id: member.address for member in view.members}
        self._service.join(names)
        return f"joins as a learner beside {len(names) - 1} others"

    def _as_member(self, view: EtcdView, group: Group) -> str | None:
        if not self._service.serves():
            if view.members and view.own is None and view.has_quorum:
                self._service.forget()
                return "this host is no member any more; its data is gone"
            self._service.resume()
            return "started with what lies on the disk"
        if view.own is None and view.has_quorum:
            self._service.forget()
            return "this host is no member any more; its data is gone"
        if view.is_leader:
            done = self._lead(view, group)
            if done:
                return done
        elif view.members and not view.has_quorum:
            raise Refused(_lost(view))
        # A learner answers nobody yet.
        return None if view.own and view.own.is_learner else self._registered()

    def _registered(self) -> str | None:
        self._register.renew(self._connect(LOCAL))
        return None

    def _lead(self, view: EtcdView, group: Group) -> str | None:
        members = [_as_member(member, view, group) for member in view.members]
        there = {host.instance_id for host in group.hosts}
        ready = {host.instance_id for host in group.staying}
        wanted = servers(group, {member.instance_id for member in members})
        self._founding.remember([member.instance_id for member in members])
        step = next_step(members, there=there, servers=wanted, ready=ready)
        return self._take(step, view, group) if step else None

    def _take(self, step: Step, view: EtcdView, group: Group) -> str:
        api = self._connect(self._address)
        if isinstance(step, Refuse):
            raise Refused(step.because)
        if isinstance(step, Add):
            host = group.host(step.instance_id)
            assert host is not None  # noqa: S101 - whoever is to be added is one of the group
            self._founding.remember([*(_name(member, group) for member in view.members), step.instance_id])
            api.add_learner(host.private_ip)
            return f"{step.instance_id} may join as a learner"
        member = next(one for one in view.members if _name(one, group) == step.instance_id)
        if isinstance(step, Promote):
            api.promote(member.id)
            return f"{step.instance_id} votes: {view.voters + 1} voters"
        return self._remove(api, member, view, group)

    def _remove(self, api: EtcdApi, member: EtcdMember, view: EtcdView, group: Group) -> str:
        name = _name(member, group)
        if name != self._instance_id:
            api.remove(member.id)
            return f"{name} is removed, {view.healthy} of {view.voters} voters answered"
        heir = next(
            (one for one in view.members if one.id != member.id and not one.is_learner and one.id in view.statuses),
            None,
        )
        if heir is None:
            raise Refused("this host is the last member that answers")
        api.hand_over(heir.id)
        return f"{_name(heir, group)} leads from now on, so that it can remove {name}"

    def _states(self, members: Iterable[EtcdMember], said: Mapping[str, EtcdStatus], group: Group) -> dict[str, str]:
        registered = self._register.everybody(self._connect(LOCAL))
        states = {instance_id: "client" for instance_id in registered if group.host(instance_id)}
        return states | {_name(member, group): _state(member, said) for member in members}


def _view(
    members: tuple[EtcdMember, ...], said: Mapping[str, EtcdStatus], states: Mapping[str, str], address: str
) -> EtcdView:
    voters = [member for member in members if not member.is_learner]
    own = next((member for member in members if member.address == address), None)
    status = said.get(own.id) if own else None
    return EtcdView(
        states=states,
        healthy=sum(member.id in said for member in voters),
        voters=len(voters),
        is_leader=status is not None and status.leader_id == status.member_id,
        versions=frozenset(status.version for status in said.values()),
        members=members,
        statuses=said,
        own=own,
    )


def _state(member: EtcdMember, said: Mapping[str, EtcdStatus]) -> str:
    status = said.get(member.id)
    if status is None:
        return "learner" if member.is_learner else "dead"
    if status.leader_id == member.id:
        return "leader"
    return "learner" if member.is_learner else "voter"


def _name(member: EtcdMember, group: Group) -> str:
    """Return the member's instance id: its name, or whoever has the address while it has never started."""
    host = group.at(member.address)
    return member.name or (host.instance_id if host else f"at {member.address}")


def _as_member(member: EtcdMember, view: EtcdView, group: Group) -> Member:
    return Member(
        instance_id=_name(member, group),
        is_voter=not member.is_learner,
        is_healthy=member.id in view.statuses,
    )


def _lost(view: EtcdView) -> str:
    return f"its quorum is lost: {view.healthy} of {view.voters} voters answer; stax recover brings it back"
