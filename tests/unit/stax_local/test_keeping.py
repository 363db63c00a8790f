import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stax_local.keeping import FIRST_LINE, Keeper, read_state, write_state
from stax_local.problem import Problem


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "account.state"


def test_what_was_written_is_read(path: Path) -> None:
    write_state(path, {"keys": [1], "account": b"x" * 1000})
    assert read_state(path, hint="") == {"keys": [1], "account": b"x" * 1000}


def test_nothing_kept_is_nothing(path: Path) -> None:
    assert read_state(path, hint="") is None


@pytest.mark.parametrize("cut", [0, 1, len(FIRST_LINE), len(FIRST_LINE) + 30, -1])
def test_a_torn_file_is_refused(path: Path, cut: int) -> None:
    write_state(path, {"account": b"x"})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Problem) as problem:
        read_state(path, hint="start afresh")
    assert problem.value.hint == "start afresh"


def test_a_flipped_bit_is_refused(path: Path) -> None:
    write_state(path, {"account": b"x" * 100})
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    with pytest.raises(Problem, match="checksum"):
        read_state(path, hint="")


def test_another_format_is_refused(path: Path) -> None:
    write_state(path, {})
    path.write_bytes(path.read_bytes().replace(b"format 1", b"format 9"))
    with pytest.raises(Problem, match="another version"):
        read_state(path, hint="")


class Counter:
    """A state that only grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.keeper = Keeper(path, lambda: self.count, lambda gathered: gathered, threading.Lock())

    def grow(self) -> None:
        self.count += 1
        self.keeper.touch()


@pytest.fixture
def counter(path: Path) -> Iterator[Counter]:
    made = Counter(path)
    made.keeper.start()
    yield made
    made.keeper.cease()


def test_who_waits_finds_on_the_disk_all_that_changed_before(counter: Counter) -> None:
    for _ in range(3):
        counter.grow()
        assert counter.keeper.wait(limit_s=30)
        assert read_state(counter.path, hint="") == counter.count


def test_nobody_waits_for_what_has_not_changed(counter: Counter) -> None:
    assert counter.keeper.wait(limit_s=0)


def test_who_waits_for_a_disk_that_takes_nothing_is_told(counter: Counter) -> None:
    counter.path.mkdir()
    counter.grow()
    assert not counter.keeper.wait(limit_s=0.1)
