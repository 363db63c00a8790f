import sys

import pytest

from stax.errors import StaxError, Unhealthy
from stax.remote.feeding import feed_there


def program(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def test_what_is_given_is_read_there_and_what_is_said_comes_back():
    echo = program("import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('hm'); sys.exit(3)")
    done = feed_there(echo, b"spring", machine="docker1", limit_s=30)
    assert (done.returncode, done.stdout, done.stderr) == (3, "SPRING", "hm")


def test_a_file_is_given_as_it_is(tmp_path):
    (tmp_path / "image").write_bytes(bytes(range(256)))
    length = program("import sys; print(len(sys.stdin.buffer.read()))")
    with (tmp_path / "image").open("rb") as file:
        assert feed_there(length, file, machine="docker1", limit_s=30).stdout == "256\n"


def test_a_login_that_fails_is_said_with_sshs_words():
    failing = program("import sys; sys.stderr.write('Permission denied'); sys.exit(255)")
    with pytest.raises(StaxError, match="cannot log in to docker1: Permission denied"):
        feed_there(failing, b"", machine="docker1", limit_s=30)


def test_what_does_not_end_is_ended():
    with pytest.raises(Unhealthy, match="docker1 did not answer"):
        feed_there(program("import time; time.sleep(60)"), b"", machine="docker1", limit_s=0.1)
