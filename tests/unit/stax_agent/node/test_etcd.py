"""etcd, host by host: a small world of hosts whose agents take turns, and whose disks and servers are facts."""

import itertools
from dataclasses import dataclass, field

import pytest

from stax_agent.node.cluster import Refused
from stax_agent.node.etcd import Etcd, EtcdView
from stax_agent.node.etcd_api import EtcdApi, EtcdMember, EtcdStatus
from stax_agent.node.etcd_service import EtcdService
from stax_agent.node.founding import Founding
from stax_agent.node.hosts import Group
from stax_agent.node.store import Store
from stax_agent.setback import Setback


@dataclass
class Cluster:
    """What all members agree on."""

    members: dict[str, EtcdMember] = field(default_factory=dict)
    leader: str = ""
    registered: set[str] = field(default_factory=set)
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def add(self, address: str, name: str, *, is_learner: bool) -> None:
        number = str(next(self.ids))
        self.members[number] = EtcdMember(id=number, name=name, address=address, is_learner=is_learner)


class World:
    """Servers by address: those that run answer, with what the cluster agrees on."""

    def __init__(self, aws) -> None:
        self.aws = aws
        self.cluster = Cluster()
        self.running: set[str] = set()
        self.disks: set[str] = set()
        self.ports: dict[str, tuple[str, ...]] = {}

    def answers(self, address: str) -> EtcdMember | None:
        found = next((each for each in self.cluster.members.values() if each.address == address), None)
        return found if address in self.running else None

    def elects(self) -> None:
        voters = [each for each in self.cluster.members.values() if not each.is_learner]
        alive = [each for each in voters if each.address in self.running]
        if len(alive) < len(voters) // 2 + 1:
            self.cluster.leader = ""
        elif self.cluster.leader not in {each.id for each in alive}:
            self.cluster.leader = alive[0].id

    def power_cut(self, address: str) -> None:
        self.running.discard(address)
        self.elects()


class Api(EtcdApi):
    def __init__(self, world: World, address: str) -> None:
        self.world, self.address = world, address

    def _member(self) -> EtcdMember:
        member = self.world.answers(self.address)
        if member is None:
            raise Setback(f"etcd at {self.address} does not answer")
        return member

    def status(self) -> EtcdStatus:
        member = self._member()
        leader = self.world.cluster.leader or "0"
        return EtcdStatus(
            member_id=member.id, leader_id=leader, version="3.4", is_learner=member.is_learner, database_bytes=0
        )

    def members(self) -> tuple[EtcdMember, ...]:
        self._member()
        return tuple(self.world.cluster.members.values())

    def add_learner(self, address: str) -> None:
        self.world.cluster.add(address, "", is_learner=True)

    def promote(self, member_id: str) -> None:
        old = self.world.cluster.members[member_id]
        self.world.cluster.members[member_id] = EtcdMember(
            id=old.id, name=old.name, address=old.address, is_learner=False
        )

    def remove(self, member_id: str) -> None:
        gone = self.world.cluster.members.pop(member_id)
        self.world.running.discard(gone.address)
        self.world.elects()

    def hand_over(self, member_id: str) -> None:
        self.world.cluster.leader = member_id

    def put(self, key: str, value: str, *, lease_s: int) -> None:
        self.world.cluster.registered.add(key)

    def keys(self, prefix: str) -> list[str]:
        return sorted(self.world.cluster.registered)


class Service(EtcdService):
    """This host's units and disk."""

    def __init__(self, world: World, instance_id: str, address: str) -> None:
        self.world, self.name, self.address = world, instance_id, address

    @property
    def has_data(self) -> bool:
        return self.address in self.world.disks

    def serves(self) -> bool:
        return self.address in self.world.running

    def found(self) -> None:
        self.world.cluster = Cluster()
        self.world.cluster.add(self.address, self.name, is_learner=False)
        self._runs()

    def join(self, members) -> None:
        assert self.name in members
        entry = next(each for each in self.world.cluster.members.values() if each.address == self.address)
        self.world.cluster.members[entry.id] = EtcdMember(
            id=entry.id, name=self.name, address=self.address, is_learner=entry.is_learner
        )
        self._runs()

    def resume(self) -> None:
        self._runs()

    def forget(self) -> None:
        self.world.disks.discard(self.address)
        self.world.running.discard(self.address)

    def pass_on(self, addresses) -> bool:
        before, self.world.ports[self.address] = self.world.ports.get(self.address), tuple(sorted(addresses))
        return before != self.world.ports[self.address]

    def _runs(self) -> None:
        self.world.running.add(self.address)
        self.world.disks.add(self.address)
        self.world.elects()


@pytest.fixture
def world(aws):
    return World(aws)


class Agents:
    """The agents of a group's hosts, each with what it remembers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now_s = 0.0
        self.by_host: dict[str, Etcd] = {}
        self.said: list[str] = []

    def etcd(self, instance_id: str, address: str) -> Etcd:
        if instance_id not in self.by_host:
            self.by_host[instance_id] = Etcd(
                instance_id,
                address,
                connect=lambda at: Api(self.world, address if at == "127.0.0.1" else at),
                service=Service(self.world, instance_id, address),
                founding=Founding(Store(self.world.aws, "web"), "etcd", instance_id, now=lambda: self.now_s),
            )
        return self.by_host[instance_id]

    def turn(self, group: Group) -> None:
        """One turn of every host's agent."""
        self.now_s += 2.0
        for host in group.hosts:
            if not host.is_running:
                continue
            etcd = self.etcd(host.instance_id, host.private_ip)
            try:
                self.said += [f"{host.instance_id}: {said}" for said in [etcd.step(etcd.observe(group), group)] if said]
            except (Refused, Setback) as setback:
                self.said.append(f"{host.instance_id} cannot: {setback}")

    def settle(self, group: Group, turns: int = 60) -> EtcdView:
        for _ in range(turns):
            self.turn(group)
        leader = next(host for host in group.hosts if host.private_ip in self.world.running)
        return self.etcd(leader.instance_id, leader.private_ip).observe(group)


@pytest.fixture
def agents(world):
    return Agents(world)


def voters(view: EtcdView) -> set[str]:
    return {member.name for member in view.members if not member.is_learner}


@pytest.mark.parametrize(("hosts", "count"), [(1, 1), (2, 1), (3, 3), (5, 3), (9, 5)])
def test_hosts_become_one_cluster_by_themselves(agents, group, hosts, count):
    view = agents.settle(group(range(1, hosts + 1)))

    assert (len(voters(view)), view.healthy, view.voters) == (count, count, count)
    assert sum("founded" in said for said in agents.said) == 1


def test_whoever_is_no_member_has_a_port_that_leads_to_the_members(agents, world, group):
    view = agents.settle(group(range(1, 6)))

    others = {f"10.0.0.{number}" for number in range(1, 6)} - world.running
    assert len(others) == 2
    assert {world.ports[other] for other in others} == {tuple(sorted(world.running))}
    assert sorted(view.states.values()) == ["client", "client", "leader", "voter", "voter"]


def test_a_member_that_died_is_replaced(agents, world, group):
    before = agents.settle(group(range(1, 6)))
    dead = next(member for member in before.members if member.id != world.cluster.leader)
    world.power_cut(dead.address)
    rest = [number for number in range(1, 6) if f"i-{number}" != dead.name]

    after = agents.settle(group([*rest, 6]))

    assert dead.name not in voters(after)
    assert (after.healthy, after.voters) == (3, 3)


def test_the_leader_dies_and_another_one_leads_and_replaces_it(agents, world, group):
    before = agents.settle(group([1, 2, 3]))
    dead = next(member for member in before.members if member.id == world.cluster.leader)
    world.power_cut(dead.address)
    rest = [number for number in (1, 2, 3) if f"i-{number}" != dead.name]

    assert voters(agents.settle(group([*rest, 4]))) == {f"i-{number}" for number in [*rest, 4]}


def test_a_replacement_at_the_dead_members_address_is_not_taken_for_it(agents, world, group, host):
    """Addresses are used again; names are not."""
    before = agents.settle(group([1, 2, 3]))
    dead = next(member for member in before.members if member.id != world.cluster.leader)
    world.power_cut(dead.address)
    world.disks.discard(dead.address)
    number = int(dead.name[-1])
    fresh = host(4)
    fresh = type(fresh)(**{**vars(fresh), "private_ip": dead.address})
    rest = [each for each in (1, 2, 3) if each != number]

    assert voters(agents.settle(group([*rest, fresh]))) == {f"i-{each}" for each in [*rest, 4]}


def test_one_that_is_told_to_go_is_out_when_its_replacement_votes(agents, group, host):
    agents.settle(group([1, 2, 3]))
    leaving = host(1, state="Terminating:Wait")

    view = agents.settle(group([leaving, 2, 3, 4], desired=3))

    assert voters(view) == {"i-2", "i-3", "i-4"}
    assert "i-1: this host is no member any more; its data is gone" in agents.said
    told = [said.split(": ", 1)[1] for said in agents.said]
    assert told.index("i-4 votes: 4 voters") < next(
        place for place, said in enumerate(told) if said.startswith("i-1 is removed")
    )


def test_the_leader_that_is_told_to_go_hands_over_first(agents, world, group, host):
    before = agents.settle(group([1, 2, 3]))
    leader = next(member.name for member in before.members if member.id == world.cluster.leader)
    hosts = [host(each, state="Terminating:Wait" if f"i-{each}" == leader else "InService") for each in (1, 2, 3)]

    view = agents.settle(group(hosts, desired=2))

    assert leader not in voters(view)
    assert any(f"so that it can remove {leader}" in said for said in agents.said)


def test_a_group_that_shrinks_to_one_has_one_member(agents, group, host):
    agents.settle(group([1, 2, 3]))
    hosts = [host(1), *(host(each, state="Terminating:Wait") for each in (2, 3))]

    assert voters(agents.settle(group(hosts, desired=1))) == {"i-1"}


def test_all_rebooted_at_once_come_back_with_what_lies_on_their_disks(agents, world, group):
    agents.settle(group([1, 2, 3]))
    for address in list(world.running):
        world.power_cut(address)
    agents.by_host.clear()

    view = agents.settle(group([1, 2, 3]))

    assert (view.healthy, view.voters) == (3, 3)
    assert sum("founded" in said for said in agents.said) == 1


def test_when_two_of_three_are_gone_nothing_is_done_and_what_to_do_is_said(agents, world, group):
    agents.settle(group([1, 2, 3]))
    for address in ("10.0.0.2", "10.0.0.3"):
        world.power_cut(address)
    agents.said.clear()

    view = agents.settle(group([1, 4, 5]))

    assert (view.healthy, view.voters, view.has_quorum) == (1, 3, False)
    assert "i-1 cannot: its quorum is lost: 1 of 3 voters answer; stax recover brings it back" in agents.said
    assert world.running == {"10.0.0.1"}, "nobody founds a second cluster beside a survivor"


def test_when_all_are_gone_with_their_disks_a_new_one_is_founded(agents, world, group):
    agents.settle(group([1, 2, 3]))
    for address in list(world.running):
        world.power_cut(address)

    view = agents.settle(group([4, 5, 6]), turns=120)

    assert voters(view) == {"i-4", "i-5", "i-6"}


def test_a_founder_that_dies_before_anybody_joined_is_succeeded(agents, world, group):
    agents.turn(group([1]))
    world.power_cut("10.0.0.1")

    assert voters(agents.settle(group([2, 3, 4]), turns=120)) == {"i-2", "i-3", "i-4"}


def test_a_host_that_dies_while_it_joins_leaves_no_ghost(agents, world, group):
    agents.turn(group([1]))
    world.cluster.add("10.0.0.2", "", is_learner=True)

    assert voters(agents.settle(group([1, 4, 5]))) == {"i-1", "i-4", "i-5"}
