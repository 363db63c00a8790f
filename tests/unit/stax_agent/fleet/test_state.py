"""Swarm's answers, in fleet's nouns."""

from typing import Any

from stax_agent.fleet.state import STOPPED, machines, unit_files, units
from stax_agent.fleet.tables import Look, as_objects, table, unknown_fields

REPLICATED = {"Replicated": {"Replicas": 2}}


def node(number: int, state: str = "ready", **labels: str) -> dict[str, Any]:
    return {
        "ID": f"node{number}",
        "Spec": {"Labels": {"instance-id": f"i-{number}abcdef0123456789", **labels}},
        "Status": {"State": state, "Addr": f"10.183.0.{number}"},
    }


def service(name: str, mode: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"ID": f"id-{name}", "Version": {"Index": 7}, "Spec": {"Name": name, "Mode": mode, **spec}}


def task(name: str, *, slot: int = 0, on: int = 1, state: str = "running", at: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "ID": f"task-{name}-{at}",
        "ServiceID": f"id-{name}",
        "Slot": slot,
        "NodeID": f"node{on}",
        "CreatedAt": f"2026-01-01T00:00:0{at}Z",
        "Status": {"State": state},
        **more,
    }


def test_machines_are_the_nodes_that_are_up_by_their_hosts_ids():
    found = machines([node(2), node(1, zone="us-east-1a", role="docker"), node(3, state="down")])

    assert table("list-machines", found, Look()) == (
        "MACHINE\t\tIP\t\tMETADATA\ni-1abcde...\t10.183.0.1\trole=docker,zone=us-east-1a\ni-2abcde...\t10.183.0.2\t-\n"
    )


def test_a_machine_is_shown_in_full_without_a_legend_and_in_the_wanted_fields():
    found = machines([node(1)])

    assert table("list-machines", found, Look(full=True, legend=False, fields=("ip", "machine"))) == (
        "10.183.0.1\ti-1abcdef0123456789\n"
    )
    assert unknown_fields("list-machines", ("ip", "colour")) == ["colour"]


def test_a_manager_that_does_not_know_its_own_address_is_shown_with_the_one_it_advertises():
    manager = {**node(1), "ManagerStatus": {"Addr": "10.183.0.9:2377"}}

    assert machines([manager])[0].address == "10.183.0.9"


def test_a_unit_is_the_newest_task_of_its_place():
    tasks = [
        task("web", slot=1, state="failed"),
        task("web", slot=1, on=2, at=2),
        task("web", slot=10, state="pending"),
    ]

    found = units([service("web", REPLICATED)], tasks, machines([node(1), node(2)]))

    assert [(unit.name, unit.active, unit.sub) for unit in found] == [
        ("web.1", "active", "running"),
        ("web.10", "activating", "pending"),
    ]
    assert "web.1\ti-2abcde.../10.183.0.2\tactive\t\trunning" in table("list-units", found, Look())


def test_a_global_unit_has_a_row_for_each_machine_that_is_up():
    tasks = [task("log", on=1), task("log", on=2), task("log", on=3)]

    found = units([service("log", {"Global": {}})], tasks, machines([node(1), node(2), node(3, state="down")]))

    assert [(unit.name, unit.machine.address if unit.machine else "") for unit in found] == [
        ("log", "10.183.0.1"),
        ("log", "10.183.0.2"),
    ]


def test_tasks_that_are_being_removed_are_no_units():
    gone = task("web", slot=1, DesiredState="remove")

    assert units([service("web", REPLICATED)], [gone, task("other")], machines([node(1)])) == []


def test_unit_files_are_services_with_what_is_wanted_and_what_is():
    services = [
        service("web", REPLICATED),
        service("idle", {"Replicated": {"Replicas": 0}}),
        service("log", {"Global": {}}),
        service("off", {"Global": {}}, TaskTemplate={"Placement": {"Constraints": [STOPPED]}}),
    ]
    there = machines([node(1)])

    found = unit_files(services, units(services, [task("web", slot=1)], there))

    shown = [(one["unit"], one["dstate"], one["state"], one["target"]) for one in as_objects("list-unit-files", found)]
    assert shown == [
        ("idle", "loaded", "loaded", "-"),
        ("log", "launched", "-", "-"),
        ("off", "loaded", "-", "-"),
        ("web", "launched", "launched", "i-1abcdef0123456789/10.183.0.1"),
    ]
    assert len({one.hash for one in found}) == 4
