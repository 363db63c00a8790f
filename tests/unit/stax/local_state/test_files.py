import errno
import os
import stat
import time
from pathlib import Path

import pytest

from stax.errors import StaxError
from stax.local_state.files import append_private, ensure_folder, home_folder, read_private, write_private


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_the_home_is_named_by_stax_home_or_lies_in_the_users():
    assert home_folder({"STAX_HOME": "/srv/stax", "HOME": "/home/jo"}) == Path("/srv/stax")
    assert home_folder({"HOME": "/home/jo"}) == Path("/home/jo/.stax")
    with pytest.raises(StaxError):
        home_folder({})


def test_folders_and_files_are_the_users_alone(home):
    write_private(home / "a" / "b", b"x", home=home)

    assert [mode(path) for path in (home, home / "a", home / "a" / "b")] == [0o700, 0o700, 0o600]


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(home):
    write_private(home / "file", b"old", home=home)
    write_private(home / "file", b"new", home=home)

    assert read_private(home / "file") == b"new"
    assert [path.name for path in home.iterdir()] == ["file"]


def test_what_a_dead_process_left_half_written_is_removed(home):
    ensure_folder(home, home=home)
    stale, fresh = home / ".file.dead.tmp", home / ".file.alive.tmp"
    for path in (stale, fresh):
        path.touch()
    os.utime(stale, (time.time() - 3600,) * 2)

    write_private(home / "file", b"x", home=home)

    assert not stale.exists()
    assert fresh.exists()


def test_a_missing_file_is_none(home):
    assert read_private(home / "nothing") is None


def test_a_link_is_not_followed_to_read(home, tmp_path):
    ensure_folder(home, home=home)
    (tmp_path / "secret").write_text("x")
    (home / "file").symlink_to(tmp_path / "secret")

    with pytest.raises(StaxError, match="symbolic link"):
        read_private(home / "file")


def test_a_link_in_the_place_of_a_folder_is_refused(home, tmp_path):
    ensure_folder(home, home=home)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (home / "a").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StaxError, match="symbolic link"):
        write_private(home / "a" / "b", b"x", home=home)

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_write_replaces_a_link_rather_than_what_it_points_to(home, tmp_path):
    ensure_folder(home, home=home)
    (tmp_path / "precious").write_text("kept")
    (home / "file").symlink_to(tmp_path / "precious")

    write_private(home / "file", b"x", home=home)

    assert (tmp_path / "precious").read_text() == "kept"
    assert read_private(home / "file") == b"x"


@pytest.mark.parametrize("wrong", [0o777, 0o770, 0o757, 0o720])
def test_a_home_that_others_may_write_in_is_refused_with_what_to_do(home, wrong):
    ensure_folder(home, home=home)
    home.chmod(wrong)

    with pytest.raises(StaxError) as caught:
        ensure_folder(home, home=home)

    assert caught.value.hint == f"chmod 700 {home}"


def test_a_home_that_the_user_made_may_be_seen_by_others(home):
    home.mkdir(mode=0o755)

    assert ensure_folder(home / "a", home=home) == home / "a"


@pytest.mark.parametrize("wrong", [0o755, 0o750, 0o710, 0o701])
def test_a_folder_below_is_nobody_elses_business(home, wrong):
    ensure_folder(home / "a", home=home).chmod(wrong)

    with pytest.raises(StaxError, match="others on this machine may reach"):
        ensure_folder(home / "a", home=home)


def test_a_file_that_others_may_read_is_refused(home):
    write_private(home / "file", b"x", home=home)
    (home / "file").chmod(0o644)

    with pytest.raises(StaxError, match="others on this machine may reach"):
        read_private(home / "file")


def test_a_file_in_the_place_of_a_folder_is_refused(home):
    write_private(home / "a", b"x", home=home)

    with pytest.raises(StaxError, match="not what stax keeps there"):
        ensure_folder(home / "a" / "b", home=home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_folder_of_another_user_is_refused(home):
    ensure_folder(home, home=home)
    os.chown(home, 12345, 12345)

    with pytest.raises(StaxError, match="belongs to another user"):
        ensure_folder(home, home=home)


def test_a_named_pipe_is_refused_at_once(home):
    ensure_folder(home, home=home)
    os.mkfifo(home / "file", 0o600)

    with pytest.raises(StaxError, match="not what stax keeps there"):
        read_private(home / "file")


def test_a_full_disk_leaves_the_old_file_and_says_so(home, monkeypatch):
    write_private(home / "file", b"old", home=home)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StaxError, match="no space left on device") as caught:
        write_private(home / "file", b"new", home=home)

    assert "make room" in caught.value.hint
    assert read_private(home / "file") == b"old"
    assert [path.name for path in home.iterdir()] == ["file"]


def test_a_home_below_a_file_is_answered_in_words(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StaxError, match="file exists") as caught:
        ensure_folder(tmp_path / "file" / "home", home=tmp_path / "file" / "home")

    assert caught.value.hint == "let STAX_HOME name another folder"


def test_a_line_after_a_torn_one_is_a_line_of_its_own(home):
    write_private(home / "log", b"one\ntw", home=home)

    append_private(home / "log", b"three", home=home)

    assert read_private(home / "log") == b"one\ntw\nthree\n"
