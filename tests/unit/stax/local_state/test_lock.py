import os
import signal

import pytest

from stax.errors import StaxError
from stax.local_state.lock import is_held, locked


@pytest.fixture
def lock(tmp_path):
    return tmp_path / "home" / "locks" / "demo"


@pytest.fixture
def take(lock):
    return lambda holder: locked(lock, home=lock.parent.parent, holder=holder)


def test_the_second_is_told_who_the_first_is(take):
    with take("jo@laptop: stax create demo"), pytest.raises(StaxError, match="jo@laptop: stax create demo is at work"):
        take("me").__enter__()


def test_it_is_free_again_and_leaves_no_file(take, lock):
    with take("first"):
        assert is_held(lock)

    assert not is_held(lock)
    assert not lock.exists()
    with take("second"):
        pass


def test_it_ends_with_a_holder_that_was_killed(take, lock):
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        with take("the dead"):
            os.write(write_end, b"!")
            signal.pause()
        os._exit(0)
    assert os.read(read_end, 1) == b"!"
    assert is_held(lock)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert not is_held(lock)
    with take("the living"):
        assert lock.read_text() == "the living"


def test_a_lock_that_is_a_link_is_not_followed(take, lock, tmp_path):
    with take("me"):
        pass
    lock.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StaxError, match="cannot lock"):
        take("me").__enter__()
    assert not (tmp_path / "elsewhere").exists()


def test_of_many_who_try_at_once_never_two_are_in(take, tmp_path):
    inside = tmp_path / "inside"

    def try_often() -> None:
        for _ in range(100):
            try:
                with take("one of many"):
                    inside.mkdir()  # fails when another is in
                    inside.rmdir()
            except StaxError:
                continue

    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            try:
                try_often()
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(child)

    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]
    assert not inside.exists()
