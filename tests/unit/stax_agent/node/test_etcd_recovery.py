"""etcd from one survivor: only when nobody else can come back, and all of it or nothing."""

import pytest

from stax_agent.node.cluster import Refused
from stax_agent.node.etcd_api import EtcdApi, EtcdMember, EtcdStatus
from stax_agent.node.etcd_recovery import STARTS_WITHIN_S, EtcdRecovery
from stax_agent.node.etcd_service import EtcdService
from stax_agent.setback import Setback


class Server(EtcdApi, EtcdService):
    """A host's server: as the network sees it, and as the host starts it."""

    def __init__(self, members: str, *, has_data: bool = True, starts: bool = True) -> None:
        self.names = [f"i-{each}" for each in members]
        self.data, self.starts = has_data, starts
        self.done: list[str] = []
        self.runs, self.leader = True, "0"

    @property
    def has_data(self) -> bool:
        return self.data

    def serves(self) -> bool:
        return self.runs

    def status(self) -> EtcdStatus:
        if not self.runs:
            raise Setback("does not answer")
        return EtcdStatus(member_id="1", leader_id=self.leader, version="3.4", is_learner=False, database_bytes=0)

    def members(self) -> tuple[EtcdMember, ...]:
        return tuple(EtcdMember(id=name, name=name, address=name, is_learner=False) for name in self.names)

    def start_over(self) -> None:
        self.done.append("starts over")
        self.runs, self.names = self.starts, self.names[:1]
        self.leader = "1"

    def stop(self) -> None:
        self.done.append("stops")
        self.runs = False

    def resume(self) -> None:
        self.done.append("resumes")
        self.runs = True


def recovery(server: Server) -> EtcdRecovery:
    now = [0.0]

    def sleep(pause_s: float) -> None:
        now[0] += pause_s

    return EtcdRecovery(server, server, "i-1", sleep=sleep, now=lambda: now[0])


def test_a_survivor_becomes_a_cluster_of_its_own_and_starts_as_usual_after_that(group):
    server = Server("123")

    said = recovery(server).recover(group([1, 4, 5]))

    assert said == "etcd is a cluster of this one member, with all that was in it"
    assert server.done == ["starts over", "stops", "resumes"]


def test_while_another_member_exists_it_is_refused_with_its_name(group):
    server = Server("123")

    with pytest.raises(Refused, match="still exist: i-3"):
        recovery(server).recover(group([1, 3, 4]))
    assert server.done == []


def test_a_cluster_that_decides_is_left_alone(group):
    server = Server("123")
    server.leader = "2"

    assert "nothing to recover" in recovery(server).recover(group([1]))
    assert server.done == []


def test_a_host_without_data_is_no_survivor(group):
    with pytest.raises(Refused, match="no member"):
        recovery(Server("1", has_data=False)).recover(group([1]))


def test_a_server_that_does_not_come_up_is_not_waited_for_forever(group):
    with pytest.raises(Setback, match=f"{STARTS_WITHIN_S:.0f} s: journalctl"):
        recovery(Server("123", starts=False)).recover(group([1]))
