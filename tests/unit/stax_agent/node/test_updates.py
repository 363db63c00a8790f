"""One restart at a time: who takes the turn, what speaks against it, when it is given back."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from stax_agent.node.computer import boot_id, window
from stax_agent.node.updates import DRAINED_WITHIN_S, TURN, Computer, Turn, Updates, ailments, is_open
from stax_agent.setback import Setback

NIGHT = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@dataclass
class Etcd:
    """One key, as etcd keeps it."""

    kept: str = ""
    has_quorum: bool = True

    def value(self, key: str) -> str:
        assert key == TURN
        if not self.has_quorum:
            raise Setback("etcd does not answer")
        return self.kept

    def claim(self, key: str, value: str) -> bool:
        if self.kept:
            return False
        self.kept = value
        return True

    def release(self, key: str, value: str) -> bool:
        if self.kept == value:
            self.kept = ""
        return not self.kept


@dataclass
class World:
    """Three hosts that share an etcd and a report."""

    group: Any
    etcd: Etcd = field(default_factory=Etcd)
    boots: dict[str, int] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    tasks: set[str] = field(default_factory=set)
    sick: dict[str, str] = field(default_factory=dict)
    restarted: list[str] = field(default_factory=list)
    now_s: float = 1000.0

    def report(self) -> dict[str, Any]:
        words = {"etcd": "voter", "swarm": "manager", "consul": "server"}
        hosts = [{"instance_id": host.instance_id, **words} for host in self.group.hosts]
        hosts = [each | {"swarm": self.sick.get(each["instance_id"], "manager")} for each in hosts]
        return {"at": self.now_s, "hosts": hosts, "quorum": {"etcd": [3, 3]}}

    def host(self, instance_id: str) -> Updates:
        computer = Computer(
            boot_id=lambda: f"boot-{self.boots.get(instance_id, 1)}",
            needs_restart=lambda: instance_id in self.waiting,
            window=lambda: (120, 360),
            has_tasks=lambda: instance_id in self.tasks,
            restart=lambda: self.restarted.append(instance_id),
        )
        turn = Turn(lambda: self.etcd, now=lambda: self.now_s)  # type: ignore[arg-type,return-value]  # by its words
        return Updates(instance_id, computer, turn, self.report, now=lambda: self.now_s)

    def step(self, host: Updates, at: datetime = NIGHT) -> str | None:
        self.now_s += 10
        return host.step(self.group, at)


@pytest.fixture
def world(group: Any) -> World:
    return World(group([1, 2, 3]))


def test_one_host_after_the_other_drains_restarts_and_comes_back(world: World):
    world.waiting, world.tasks = {"i-1", "i-2"}, {"i-1"}
    one, other = world.host("i-1"), world.host("i-2")

    assert "drained" in (world.step(one) or "")
    assert world.step(other) is None, "it is the other's turn"
    assert world.step(one) is None
    assert world.step(one) is None
    assert world.restarted == [], "it has tasks still"
    world.tasks = set()
    world.step(one)
    assert world.restarted == ["i-1"]

    world.boots["i-1"], world.waiting = 2, {"i-2"}
    one = world.host("i-1")
    world.sick = {"i-1": "down"}
    assert world.step(one) is None
    assert world.step(other) is None, "the first is not back yet"
    world.sick = {}
    assert "back" in (world.step(one) or "")
    assert "drained" in (world.step(other) or "")


def test_a_task_that_has_nowhere_else_to_go_holds_nothing_up_for_ever(world: World):
    world.waiting, world.tasks = {"i-1"}, {"i-1"}
    host = world.host("i-1")
    world.step(host)
    world.step(host)

    world.now_s += DRAINED_WITHIN_S
    world.step(host)
    assert world.restarted == ["i-1"]


def test_nobody_restarts_outside_of_the_window_or_while_another_host_is_not_well(world: World):
    world.waiting = {"i-1"}
    host = world.host("i-1")

    assert world.step(host, NOON) is None
    world.sick = {"i-3": "down"}
    assert "i-3 is down in swarm" in (world.step(host) or "")
    assert world.etcd.kept == ""


def test_without_etcd_there_is_no_turn_to_take(world: World):
    world.waiting, world.etcd.has_quorum = {"i-1"}, False

    with pytest.raises(Setback):
        world.step(world.host("i-1"))


def test_a_host_that_is_gone_loses_its_turn(world: World):
    world.etcd.kept = json.dumps({"instance_id": "i-9", "boot_id": "boot-1"})

    assert "loses its turn" in (world.step(world.host("i-2")) or "")
    assert world.etcd.kept == ""


def test_the_swarm_is_told_whom_to_drain_also_while_etcd_does_not_answer(world: World):
    turn = Turn(lambda: world.etcd, now=lambda: world.now_s)  # type: ignore[arg-type,return-value]  # by its words
    world.etcd.kept = json.dumps({"instance_id": "i-1", "boot_id": "boot-1"})
    assert list(turn.restarting()) == ["i-1"]

    world.now_s += 60
    world.etcd.has_quorum = False
    assert list(turn.restarting()) == ["i-1"]


def test_an_old_report_or_none_speaks_against_a_restart(world: World):
    assert ailments({}, world.group, now=0) != []
    assert ailments(world.report(), world.group, now=world.now_s + 600) != []
    assert ailments(world.report(), world.group, now=world.now_s) == []


@pytest.mark.parametrize(
    ("start", "end", "hour", "opened"),
    [(120, 360, 3, True), (120, 360, 6, False), (1320, 120, 23, True), (1320, 120, 1, True), (1320, 120, 3, False)],
)
def test_a_window_may_go_over_midnight(start: int, end: int, hour: int, opened: bool):
    assert is_open((start, end), datetime(2026, 1, 1, hour, 0, tzinfo=UTC)) is opened


def test_the_windows_file_is_read_or_its_fault_is_named(tmp_path: Any):
    file = tmp_path / "updates.json"
    file.write_text('{"restart_window_utc": "02:00-24:00"}')
    assert window(file) == (120, 1440)

    for bad in ("", "[]", '{"restart_window_utc": "2-6"}', '{"restart_window_utc": "25:00-26:00"}'):
        file.write_text(bad)
        with pytest.raises(Setback, match="restart_window_utc"):
            window(file)


def test_a_boot_is_the_same_until_the_folder_of_this_boot_is_gone(tmp_path: Any):
    file = tmp_path / "boot-id"
    first = boot_id(file)
    assert boot_id(file) == first

    file.unlink()
    assert boot_id(file) != first
