"""Which services a scale-out left crowded."""

from typing import Any

import pytest

from stax_agent.fleet.balance import crowded
from stax_agent.fleet.state import Machine, Unit


def unit(service: str, slot: int, node: str, state: str = "running") -> Unit:
    machine = Machine(id=f"i-{node}", address="", node=node)
    return Unit(name=f"{service}.{slot}", service=service, machine=machine, state=state)


def node(name: str, availability: str = "active", state: str = "ready") -> dict[str, Any]:
    return {"ID": name, "Spec": {"Availability": availability}, "Status": {"State": state}}


def service(name: str, *constraints: str, mode: str = "Replicated") -> dict[str, Any]:
    placement = {"Placement": {"Constraints": list(constraints)}}
    return {"Spec": {"Name": name, "Mode": {mode: {}}, "TaskTemplate": placement}}


ON_ONE = [unit("web", slot, "a") for slot in (1, 2, 3)]


def test_all_tasks_on_one_machine_while_another_has_none_are_crowded():
    assert crowded([service("web")], ON_ONE, [node("a"), node("b")]) == [
        {"service": "web", "most": 3, "fewest": 0, "tasks": 3}
    ]


@pytest.mark.parametrize(
    "others", [[], [node("b", availability="drain")], [node("b", state="down")], [node("b", availability="pause")]]
)
def test_machines_that_take_no_tasks_are_not_empty(others: list[dict[str, Any]]):
    assert crowded([service("web")], ON_ONE, [node("a"), *others]) == []


def test_one_task_more_cannot_be_helped():
    assert crowded([service("web")], [*ON_ONE[:2], unit("web", 3, "b")], [node("a"), node("b")]) == []


def test_a_task_that_does_not_run_does_not_count():
    tasks = [*ON_ONE[:1], unit("web", 2, "a", "pending"), unit("web", 3, "a", "failed")]

    assert crowded([service("web")], tasks, [node("a"), node("b")]) == []


def test_global_and_constrained_services_are_left_alone():
    services = [service("web", "node.labels.zone == us-east-1a"), service("log", mode="Global")]

    assert crowded(services, ON_ONE, [node("a"), node("b")]) == []
