"""Machines are found by what people call them."""

import json
from pathlib import Path

import pytest

from stax_local.machines.directory import find
from stax_local.problem import Problem


@pytest.fixture
def machines(tmp_path: Path) -> Path:
    add(tmp_path, "i-0a1", "nat1-web", "nat")
    add(tmp_path, "i-0a2", "nat2-web", "nat")
    add(tmp_path, "i-0a3", "jumpbox-web", "jump")
    add(tmp_path, "i-0b2", "docker-web", "docker", launched="2026-01-02")
    add(tmp_path, "i-0b1", "docker-web", "docker", launched="2026-01-03")
    return tmp_path


def add(machines: Path, instance_id: str, name: str, role: str, *, launched: str = "2026-01-01") -> None:
    (machines / instance_id).mkdir()
    tags = {"Name": name, "stax:role": role, "stax:name": name.rpartition("-")[2]}
    about = {"hostname": f"ip-of-{instance_id}", "launched": launched, "tags": tags}
    (machines / instance_id / "about").write_text(json.dumps(about))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("i-0a1", "i-0a1"),
        ("nat1", "i-0a1"),
        ("nat2-web", "i-0a2"),
        ("jump", "i-0a3"),
        ("jumpbox", "i-0a3"),
        ("ip-of-i-0b1", "i-0b1"),
        ("docker1", "i-0b2"),  # the older one
        ("docker2", "i-0b1"),
    ],
)
def test_each_name_means_one_machine(machines: Path, wanted: str, found: str) -> None:
    assert find(machines, wanted).instance_id == found


def test_the_beginning_of_an_id_is_enough_when_it_is_the_only_one(machines: Path) -> None:
    add(machines, "i-0c9f", "docker-web", "docker")

    assert find(machines, "i-0c").instance_id == "i-0c9f"


def test_a_name_of_several_is_answered_with_their_ids(machines: Path) -> None:
    with pytest.raises(Problem, match="nat may be any of i-0a1, i-0a2"):
        find(machines, "nat")


def test_an_unknown_name_is_answered_with_those_there_are(machines: Path) -> None:
    with pytest.raises(Problem, match="there is no machine db1") as raised:
        find(machines, "db1")

    assert raised.value.hint == "machines here: docker1, docker2, jumpbox, nat1, nat2"
    assert raised.value.exit_code == 4


def test_two_stax_in_one_region_are_told_apart_by_the_longer_name(machines: Path) -> None:
    add(machines, "i-0d1", "nat1-shop", "nat")

    with pytest.raises(Problem, match="nat1 may be any of i-0a1, i-0d1"):
        find(machines, "nat1")
    assert find(machines, "nat1-shop").instance_id == "i-0d1"


def test_where_there_are_no_machines_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no machine nat1") as raised:
        find(tmp_path / "machines", "nat1")

    assert raised.value.hint == "machines here: none"
