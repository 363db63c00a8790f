"""A host that is told to go: what it waits for, when it leaves, and that it always does."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.unit.stax_agent.node.conftest import a_host

from stax_agent.node.agent import Board
from stax_agent.node.cluster import View
from stax_agent.node.hosts import Group
from stax_agent.node.leaving import GONE_WITHIN_S, Farewell, Leaving
from stax_agent.setback import Setback


@dataclass
class World:
    """One host, i-1, the metadata service, Auto Scaling and a clock."""

    told: str = "Terminated"
    state: str = "Terminating:Wait"
    tasks: bool = False
    manager: bool = False
    member: bool = False
    others: int = 2
    now_s: float = 0.0
    did: list[str] = field(default_factory=list)
    refuses: str = ""

    @property
    def machine(self) -> "World":
        return self

    instance_id = "i-1"
    stax_name = "web"

    @property
    def imds(self) -> "World":
        return self

    @property
    def aws(self) -> "World":
        return self

    def get(self, path: str) -> str:
        assert path == "autoscaling/target-lifecycle-state"
        if not self.told:
            raise Setback("the metadata service answers 404")
        return self.told

    def autoscaling(self, action: str, asked: dict[str, str]) -> None:
        if self.refuses:
            raise Setback("refused", code=self.refuses)
        self.did.append(f"{action} {asked['AutoScalingGroupName']} {asked['InstanceId']}")

    def group(self, *, no_older_than_s: float) -> Any:
        own = a_host(1, state=self.state)
        return make_group([own, *range(2, 2 + self.others)])

    def farewell(self) -> Farewell:
        return Farewell(
            has_tasks=lambda: self.tasks,
            is_manager=lambda: self.manager,
            leave_swarm=lambda: self.did.append("left Swarm"),
            is_etcd_member=lambda: self.member,
            leave_consul=lambda: self.did.append("left consul"),
        )

    def leaving(self) -> Leaving:
        return Leaving(self, self.farewell(), now=lambda: self.now_s)  # type: ignore[arg-type]  # a site by its words


make_group: Any = None


@pytest.fixture(autouse=True)
def _groups(group: Any) -> None:
    globals()["make_group"] = group


LEFT = ["left Swarm", "left consul", "CompleteLifecycleAction web-docker i-1"]


def turn(world: World, leaving: Leaving, board: Board | None = None) -> str | None:
    return leaving.turn(world, board or Board())  # type: ignore[arg-type]  # a census by its one word


def test_a_host_that_nobody_told_does_nothing():
    for told in ("", "InService"):
        world = World(told=told, state="InService")
        assert turn(world, world.leaving()) is None
        assert world.did == []


def test_it_waits_for_its_tasks_then_its_votes_and_leaves():
    world = World(tasks=True, manager=True, member=True)
    leaving = world.leaving()

    for waits_for, ends in (("tasks", "tasks"), ("Swarm", "manager"), ("etcd", "member")):
        assert waits_for in (turn(world, leaving) or "")
        assert world.did == []
        setattr(world, ends, False)

    assert "has left" in (turn(world, leaving) or "")
    assert world.did == LEFT
    assert turn(world, leaving) is None
    assert world.did == LEFT


def test_it_waits_until_the_others_can_see_that_it_goes():
    world = World(state="InService")
    leaving = world.leaving()

    assert "tell the others" in (turn(world, leaving) or "")
    assert world.did == []


def test_whatever_hangs_it_goes_in_time():
    world = World(tasks=True)
    leaving = world.leaving()
    turn(world, leaving)
    world.now_s = GONE_WITHIN_S + 1

    assert "without waiting any longer for its tasks" in (turn(world, leaving) or "")
    assert world.did == LEFT


def test_the_last_one_has_nobody_to_hand_over_to():
    world = World(tasks=True, manager=True, member=True, others=0)

    turn(world, world.leaving())
    assert world.did == LEFT


def test_what_cannot_be_left_is_named_and_holds_nothing_up():
    world = World()
    farewell = world.farewell()

    def fails() -> None:
        raise Setback("docker does not answer")

    broken = Farewell(**{**vars(farewell), "leave_swarm": fails})
    said = Leaving(world, broken, now=lambda: 0.0).turn(world, Board())  # type: ignore[arg-type]

    assert "docker does not answer" in (said or "")
    assert world.did == LEFT[1:]


def test_a_stax_without_the_hook_waits_for_nobody():
    world = World(refuses="ValidationError")

    assert "has left" in (turn(world, world.leaving()) or "")


def test_a_refusal_is_tried_again():
    world = World(refuses="Throttling")
    leaving = world.leaving()

    with pytest.raises(Setback):
        turn(world, leaving)
    world.refuses = ""
    assert "has left" in (turn(world, leaving) or "")


class OfOthers(World):
    """Seen from i-1, which stays: i-2 is told to go."""

    def group(self, *, no_older_than_s: float) -> Any:
        return make_group([a_host(1), a_host(2, state="Terminating:Wait")])


def board(leads: bool, **knows: bool) -> Board:
    views = {
        name: View(states={"i-1": "leader", **({"i-2": "dead"} if knows.get(name) else {})}, is_leader=leads)
        for name in ("etcd", "swarm", "consul")
    }
    return Board(views=dict(views))


class OfOnesThatAreGone(World):
    """Seen from i-1, which stays: i-2 and i-3 exist no more, and Auto Scaling holds them still."""

    def group(self, *, no_older_than_s: float) -> Any:
        return Group(make_group([1]).hosts, 1, ("i-2", "i-3"))


def test_those_that_exist_no_more_are_spoken_for_too_each_once():
    world = OfOnesThatAreGone(told="InService")
    leaving = world.leaving()

    said = [turn(world, leaving, board(True)) for _ in range(3)]

    assert world.did == [f"CompleteLifecycleAction web-docker i-{number}" for number in (2, 3)]
    assert said[2] is None


def test_the_swarms_leader_speaks_for_the_dead_once_no_cluster_knows_them():
    world = OfOthers(told="InService")
    leaving = world.leaving()

    assert turn(world, leaving, board(True, etcd=True)) is None
    assert turn(world, leaving, board(False)) is None
    assert world.did == []
    assert "i-2" in (turn(world, leaving, board(True)) or "")
    assert world.did == ["CompleteLifecycleAction web-docker i-2"]
