"""consul: who becomes a server, who stops being one, whom the leader forgets."""

from typing import Any

from tests.unit.stax_agent.node.conftest import a_host

from stax_agent.node.consul_api import ConsulMember
from stax_agent.node.consul_roles import BecomeClient, BecomeServer, Wait, by_host, ghosts, own_role, word
from stax_agent.node.consul_service import node_id


def a_member(number: int, *, is_server: bool = False, status: str = "alive") -> ConsulMember:
    return ConsulMember(
        name=f"ip-10-0-0-{number}",
        id=node_id(f"i-{number}"),
        address=f"10.0.0.{number}",
        is_server=is_server,
        status=status,
    )


def members(*numbers: int, failed: tuple[int, ...] = ()) -> dict[str, ConsulMember]:
    return {f"i-{n}": a_member(n, status="failed" if n in failed else "alive") for n in numbers}


def test_a_host_of_the_roster_becomes_a_server_when_it_is_its_turn(group: Any):
    hosts = group([1, 2, 3])

    assert own_role("i-2", members(1, 2, 3), {"i-1"}, hosts) == BecomeServer()
    assert own_role("i-3", members(1, 2, 3), {"i-1"}, hosts) is None
    assert own_role("i-3", members(1, 2, 3), {"i-1", "i-2"}, hosts) == BecomeServer()
    assert own_role("i-1", members(1, 2, 3), {"i-1", "i-2", "i-3"}, hosts) is None


def test_nobody_becomes_a_server_while_one_that_votes_does_not_answer(group: Any):
    assert own_role("i-2", members(1, 2, 3, failed=(1,)), {"i-1"}, group([1, 2, 3])) is None


def test_a_server_too_many_steps_down_only_after_its_replacement_votes(group: Any):
    hosts = group([a_host(1), a_host(2), a_host(3), a_host(4, state="Terminating:Wait")], 3)

    assert own_role("i-4", members(1, 2, 3, 4), {"i-1", "i-2", "i-4"}, hosts) is None
    assert own_role("i-4", members(1, 2, 3, 4), {"i-1", "i-2", "i-3", "i-4"}, hosts) == BecomeClient()


def test_a_server_that_the_others_need_for_their_quorum_stays(group: Any):
    hosts = group([a_host(1), a_host(2), a_host(3), a_host(4, state="Terminating:Wait")], 3)
    seen = members(1, 2, 3, 4, failed=(1, 2))

    assert isinstance(own_role("i-4", seen, {"i-1", "i-2", "i-3", "i-4"}, hosts), Wait)


def test_of_two_servers_too_many_one_steps_down_at_a_time(group: Any):
    hosts = group([1, 2, 3, 4, 5], 3)
    votes = {f"i-{n}" for n in range(1, 6)}
    steps = {each: own_role(each, members(1, 2, 3, 4, 5), votes, hosts) for each in sorted(votes)}

    assert [each for each, step in steps.items() if step == BecomeClient()] == [min(e for e in steps if steps[e])]


def test_a_member_belongs_to_a_host_by_its_id_and_not_by_an_address_that_is_used_again(group: Any):
    former = ConsulMember(name="ip-10-0-0-1", id=node_id("i-9"), address="10.0.0.1", is_server=True, status="failed")

    assert by_host([former], group([1])) == {"ip-10-0-0-1": former}


def test_the_leader_forgets_the_dead_whose_hosts_are_gone_and_no_others(group: Any):
    hosts = group([a_host(1), a_host(2), a_host(3, state="Terminating:Wait")])
    seen = {
        "i-1": a_member(1),
        "i-2": a_member(2, status="failed"),  # it may come back
        "i-3": a_member(3, status="left"),
        "ip-10-0-0-9": a_member(9, status="failed"),
    }

    assert [each.address for each in ghosts(seen, hosts)] == ["10.0.0.3", "10.0.0.9"]


def test_the_report_names_what_each_is():
    leader, server, client = a_member(1, is_server=True), a_member(2, is_server=True), a_member(3)
    words = [word(each, "10.0.0.1") for each in (leader, server, client, a_member(4, status="failed"))]

    assert words == ["leader", "server", "client", "failed"]
