"""A cluster's loop goes on whatever happens, and says each thing once."""

from dataclasses import dataclass, field

import pytest

from stax_agent.node.agent import Board, Census, Loop
from stax_agent.node.cluster import Refused, View
from stax_agent.node.hosts import Group
from stax_agent.setback import Setback


@dataclass
class Cluster:
    """A cluster that does what it is told to, in turn."""

    script: list[str | Exception | None]
    name: str = "etcd"

    def observe(self, group: Group) -> View:
        return View(healthy=1, voters=1, versions=frozenset({"3.5", "", "3.4"}))

    def step(self, view: View, group: Group) -> str | None:
        next_ = self.script.pop(0)
        if isinstance(next_, Exception):
            raise next_
        return next_


@dataclass
class Ran:
    said: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    board: Board = field(default_factory=Board)


@pytest.fixture
def run(group):
    def run(*script: str | Exception | None) -> Ran:
        ran = Ran()
        loop = Loop(Cluster(list(script)), Census(lambda: group([1])), ran.board, say=ran.said.append)
        ran.pauses = [loop.turn() for _ in script]
        return ran

    return run


def test_each_step_is_said(run):
    assert run("founded", "grown", None).said == ["etcd: founded", "etcd: grown"]


def test_the_same_setback_is_said_once_and_again_after_it_was_over(run):
    down = Setback("nobody answers")

    assert run(down, down, None, down).said == ["etcd not yet: nobody answers"] * 2


def test_whatever_a_turn_runs_into_the_loop_goes_on(run):
    ran = run(ValueError("unheard of"), "founded")

    assert ran.said == ["etcd failed: ValueError: unheard of", "etcd: founded"]


def test_a_refusal_is_on_the_board_until_it_is_over(run):
    assert run(Refused("no quorum")).board.refused == {"etcd": "no quorum"}
    assert run(Refused("no quorum"), None).board.refused == {"etcd": ""}


def test_the_programs_versions_are_on_the_board(run):
    assert run(None).board.versions == {"etcd": "3.4, 3.5"}


def test_there_is_less_time_between_two_looks_while_there_is_something_to_do(run):
    forming, waiting, steady = run("founded", Setback("not yet"), None).pauses

    assert forming < waiting < steady


def test_the_hosts_are_asked_for_once_for_all_loops_until_they_are_old(group):
    asked: list[float] = []
    now = [0.0]

    def read() -> Group:
        asked.append(now[0])
        found: Group = group([1])
        return found

    census = Census(read, now=lambda: now[0])

    for at_s in (0.0, 1.0, 2.5):
        now[0] = at_s
        census.group(no_older_than_s=2.0)

    assert asked == [0.0, 2.5]


def test_while_aws_does_not_answer_the_last_known_hosts_stand(group):
    answers: list[Group] = [group([1, 2])]
    now = [0.0]

    def read() -> Group:
        if not answers:
            raise Setback("throttled")
        return answers.pop()

    said: list[str] = []
    census = Census(read, now=lambda: now[0], say=said.append)
    census.group(no_older_than_s=1.0)
    for at_s in (100.0, 200.0):
        now[0] = at_s
        assert len(census.group(no_older_than_s=1.0).hosts) == 2

    assert said == ["the hosts are those of a while ago: throttled"]


def test_without_any_answer_there_are_no_hosts_to_act_on():
    def read() -> Group:
        raise Setback("throttled")

    with pytest.raises(Setback):
        Census(read).group(no_older_than_s=1.0)
