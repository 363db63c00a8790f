"""The Swarm's nodes: whose each is, and the one next thing about them."""

from typing import Any

from stax_agent.node.swarm_nodes import Forget, Node, Update, by_host, facts, next_change


def a_node(number: int, group: Any, **changes: Any) -> Node:
    """The labelled, ready node of host N."""
    host = group.host(f"i-{number}")
    plain = {
        "id": f"n-{number}",
        "version": 1,
        "address": f"10.0.0.{number}",
        "created_at": f"2026-01-01T00:{number:02}:00Z",
        "is_manager": False,
        "labels": facts(host) if host else {"instance-id": f"i-{number}"},
    }
    return Node(**{**plain, **changes})


def a_manager(number: int, group: Any, **changes: Any) -> Node:
    return a_node(number, group, **{"is_manager": True, "votes": True, "is_reachable": True, **changes})


def change(group: Any, *nodes: Node) -> Any:
    return next_change(by_host(nodes, group), group)


def test_a_node_that_joins_before_ec2_tells_of_its_host_is_left_alone(group):
    hosts = group([1])
    joining = a_node(2, hosts, labels={}, is_ready=False, address="")

    assert change(hosts, a_manager(1, hosts, is_leader=True), joining) is None
    assert change(hosts, a_manager(1, hosts, is_leader=True), a_node(2, hosts, labels={})) is None


def test_a_node_whose_host_is_gone_is_forgotten(group):
    hosts = group([1])
    leader = a_manager(1, hosts, is_leader=True)

    for ghost in (a_node(2, hosts), a_node(2, hosts, labels={}, is_ready=False, is_down=True)):
        assert isinstance(change(hosts, leader, ghost), Forget)


def test_one_that_died_before_it_became_a_manager_is_forgotten_because_nobody_can_demote_it(group):
    hosts = group([1])
    ghost = a_manager(2, hosts, votes=False, is_reachable=False, is_ready=False, is_down=True)

    assert change(hosts, a_manager(1, hosts, is_leader=True), ghost) == Forget(
        ghost, "i-2 is gone before it became a manager"
    )


def test_a_manager_that_died_is_demoted_first(group):
    hosts = group([1, 3], desired=3)
    managers = [a_manager(1, hosts, is_leader=True), a_manager(3, hosts), a_manager(2, hosts, is_reachable=False)]

    done = change(hosts, *managers)

    assert isinstance(done, Update)
    assert (done.node.id, done.is_manager) == ("n-2", False)


def test_workers_become_managers_up_to_the_roster(group):
    hosts = group([1, 2, 3])

    done = change(hosts, a_manager(1, hosts, is_leader=True), a_node(2, hosts), a_node(3, hosts))

    assert isinstance(done, Update)
    assert (done.node.id, done.is_manager) == ("n-2", True)


def test_a_host_that_is_told_to_go_is_drained_before_anything_else(group, host):
    hosts = group([1, 2, host(3, state="Terminating:Wait")], desired=2)

    done = change(hosts, a_manager(1, hosts, is_leader=True), a_node(2, hosts), a_node(3, hosts))

    assert isinstance(done, Update)
    assert (done.node.id, done.availability) == ("n-3", "drain")


def test_of_two_nodes_of_one_host_the_newer_is_its_own(group):
    hosts = group([1])
    old = a_node(1, hosts, id="old", created_at="2025", is_ready=False, is_down=True)
    new = a_node(1, hosts, id="new", created_at="2026")

    assert {key: node.id for key, node in by_host([new, old], hosts).items()} == {"i-1": "new", "old": "old"}
