"""One host founds a cluster; another only when nothing can be left of what the first did."""

import itertools

import pytest

from stax_agent.node.founding import GONE_AFTER_S, Founding
from stax_agent.node.store import Store


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def founding(aws, clock):
    return lambda number, cluster="etcd": Founding(Store(aws, "web"), cluster, f"i-{number}", now=clock)


def test_of_many_who_ask_at_once_one_founds(founding, group):
    askers = [founding(number) for number in range(1, 6)]

    assert [each.is_mine(group([1, 2, 3, 4, 5])) for each in askers] == [True, False, False, False, False]
    assert askers[0].is_mine(group([1, 2, 3, 4, 5]))


def test_the_same_host_founds_all_three(founding, group):
    assert founding(2, "etcd").is_mine(group([1, 2]))

    assert not founding(1, "swarm").is_mine(group([1, 2]))
    assert founding(2, "swarm").is_mine(group([1, 2]))


def test_a_founder_that_died_before_it_founded_is_succeeded_by_one(founding, group, clock):
    founding(1).is_mine(group([1, 2, 3]))
    two, three = founding(2), founding(3)

    assert not two.is_mine(group([2, 3])), "EC2 can leave out what is there, for a moment"
    three.is_mine(group([2, 3]))
    clock.now_s += GONE_AFTER_S
    assert [each.is_mine(group([2, 3])) for each in (three, two)] == [True, False]


def test_a_founder_that_is_seen_again_was_not_gone(founding, group, clock):
    founding(1).is_mine(group([1, 2]))
    two = founding(2)
    two.is_mine(group([2]))
    clock.now_s += GONE_AFTER_S - 1
    two.is_mine(group([1, 2]))
    clock.now_s += 2

    assert not two.is_mine(group([2]))


def test_nobody_founds_again_while_one_that_may_hold_the_data_is_there(founding, group, clock):
    one = founding(1)
    one.is_mine(group([1, 2]))
    one.remember(["i-1", "i-2"])
    three = founding(3)

    for _ in range(3):
        assert not three.is_mine(group([2, 3]))
        clock.now_s += GONE_AFTER_S


def test_when_all_that_held_the_data_are_gone_it_is_founded_anew(founding, group, clock):
    founding(1).is_mine(group([1, 2]))
    founding(1).remember(["i-1", "i-2"])
    three = founding(3)

    assert not three.is_mine(group([3]))
    clock.now_s += GONE_AFTER_S
    assert three.is_mine(group([3]))


def test_however_many_founders_die_there_is_the_next_and_only_one(founding, group, clock):
    for dead in range(1, 5):
        survivors = range(dead, 8)
        asked = [founding(number) for number in survivors]
        for each, _ in itertools.product(asked, range(dead + 1)):
            each.is_mine(group(survivors))
            clock.now_s += GONE_AFTER_S
        assert sum(each.is_mine(group(survivors)) for each in asked) == 1
        assert asked[0].is_mine(group(survivors))


def test_who_may_hold_the_data_is_written_when_it_changes(founding, aws):
    one = founding(1)
    for members in (["i-1"], ["i-1"], ["i-2", "i-1"]):
        one.remember(members)

    written = [parameters["Value"] for operation, parameters in aws.asked if operation == "PutParameter"]
    assert written == ["i-1", "i-1 i-2"]


def test_of_a_stax_made_from_a_backup_the_first_clusters_begin_with_the_copies(aws, clock):
    store, bucket = Store(aws, "web"), {"backups/etcd/1.db": b"keys and values"}
    store.put("begins-with", '{"etcd": "backups/etcd/1.db"}', is_secret=True)
    etcd, consul = (Founding(store, name, "i-1", fetch=bucket.__getitem__, now=clock) for name in ("etcd", "consul"))

    assert (etcd.begins_with(), consul.begins_with()) == (b"keys and values", None)
    etcd.remember(["i-1"])
    assert etcd.begins_with() is None, "what was founded before begins with nothing old"


def test_any_other_stax_begins_with_nothing(aws, clock):
    nothing: dict[str, bytes] = {}
    founding = Founding(Store(aws, "web"), "etcd", "i-1", fetch=nothing.__getitem__, now=clock)

    assert founding.begins_with() is None
