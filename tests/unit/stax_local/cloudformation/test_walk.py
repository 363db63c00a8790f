from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import Barrier

import pytest

from stax_local.cloudformation.walk import walk


@pytest.fixture
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


def test_works_on_each_after_what_it_depends_on(pool: Executor) -> None:
    done: list[str] = []
    graph = {"c": {"a", "b"}, "a": set[str](), "b": {"a"}}

    def work(name: str) -> bool:
        done.append(name)
        return True

    assert walk(graph, work, pool=pool, stop=lambda: False) == set()
    assert done == ["a", "b", "c"]


def test_works_at_once_on_what_does_not_depend_on_one_another(pool: Executor) -> None:
    meeting = Barrier(3, timeout=5)

    def work(_name: str) -> bool:
        meeting.wait()
        return True

    assert walk({"a": set(), "b": set(), "c": set()}, work, pool=pool, stop=lambda: False) == set()


def test_leaves_out_what_depends_on_a_failure_and_does_the_rest(pool: Executor) -> None:
    graph = {"a": set[str](), "b": {"a"}, "c": {"b"}, "d": set[str]()}

    assert walk(graph, lambda name: name != "a", pool=pool, stop=lambda: False) == {"a", "b", "c"}


def test_begins_nothing_more_once_told_to_stop(pool: Executor) -> None:
    done: list[str] = []

    def work(name: str) -> bool:
        done.append(name)
        return True

    assert walk({"a": set(), "b": {"a"}}, work, pool=pool, stop=lambda: bool(done)) == {"b"}


def test_ignores_dependencies_on_what_is_not_there(pool: Executor) -> None:
    assert walk({"a": {"elsewhere"}}, lambda _name: True, pool=pool, stop=lambda: False) == set()
