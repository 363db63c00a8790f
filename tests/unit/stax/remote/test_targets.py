"""Which machine is meant, and what is said when none is."""

import pytest

from stax.errors import NotFound, StaxError
from stax.model.inventory import Machine
from stax.remote.targets import chosen_machine


def machine(name: str, role: str, number: int, state: str = "running") -> Machine:
    address = f"10.183.0.{number}"
    return Machine(name=name, role=role, instance_id=f"i-{number}", state=state, private_ip=address)


THERE = [
    machine("jumpbox", "jump", 1),
    machine("nat1", "nat", 2),
    machine("docker1", "docker", 3),
    machine("docker2", "docker", 4, "pending"),
    machine("docker10", "docker", 5),
]


def chosen(wish: str, there: list[Machine] = THERE) -> str:
    return chosen_machine(there, wish, choose=lambda machines: machines[-1]).name


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("", "jumpbox"),
        ("jump", "jumpbox"),
        ("jumpbox", "jumpbox"),
        ("nat1", "nat1"),
        ("docker2", "docker2"),
        ("i-3", "docker1"),
        ("10.183.0.5", "docker10"),
    ],
)
def test_a_machine_is_meant_by_its_name_id_or_address(wish, name):
    assert chosen(wish) == name


def test_docker_is_any_docker_host_that_runs():
    first = chosen_machine(THERE, "docker", choose=lambda machines: machines[0])
    last = chosen_machine(THERE, "docker", choose=lambda machines: machines[-1])

    assert [first.name, last.name] == ["docker1", "docker10"], "not docker2, which is pending"


def test_while_none_runs_docker_is_one_that_is_coming_up():
    assert chosen("docker", [machine("docker1", "docker", 3, "pending")]) == "docker1"


def test_a_name_that_nobody_has_is_answered_with_what_there_is():
    with pytest.raises(NotFound, match="no machine 'dokcer1'") as none:
        chosen("dokcer1")

    assert none.value.hint == "did you mean docker1? there are: docker1, docker2, docker10, jumpbox, nat1"


def test_a_stax_without_machines_says_so():
    with pytest.raises(NotFound) as none:
        chosen("docker", [])

    assert "it has no machines" in none.value.hint


@pytest.mark.parametrize("state", ["shutting-down", "terminated", "missing"])
def test_a_machine_that_is_gone_is_not_there(state):
    with pytest.raises(NotFound):
        chosen("nat1", [machine("nat1", "nat", 2, state)])


def test_a_machine_that_is_stopped_lets_nobody_in():
    with pytest.raises(StaxError, match="is stopped") as asleep:
        chosen("nat1", [machine("nat1", "nat", 2, "stopped")])

    assert "stax repair" in asleep.value.hint


@pytest.mark.parametrize("wish", ["docker0", "DOCKER1", "docker 1", "*", "../nat1", "-oProxyCommand=x", "é", "a\nb"])
def test_nothing_but_what_is_there_is_ever_reached(wish):
    with pytest.raises(NotFound):
        chosen(wish)
