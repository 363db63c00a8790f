"""Commands that are run to their end, or spoken with; any program stands for ssh."""

import subprocess
import sys

import pytest

from stax.errors import StaxError, Unhealthy
from stax.remote.running import conversation, run_here, run_there

LIMIT_S = 30.0


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_code_and_output_are_returned():
    done = run_there(program("print('hello'); raise SystemExit(3)"), machine="nat1", limit_s=LIMIT_S)

    assert (done.returncode, done.stdout) == (3, "hello\n")


def test_a_login_that_fails_says_sshs_last_words():
    words = program("import sys; print('a\\nPermission denied', file=sys.stderr); sys.exit(255)")

    with pytest.raises(StaxError, match="cannot log in to nat1: Permission denied"):
        run_there(words, machine="nat1", limit_s=LIMIT_S)


def test_a_command_that_does_not_end_is_ended():
    with pytest.raises(Unhealthy, match="nat1 did not answer within 0 s"):
        run_there(program("import time; time.sleep(60)"), machine="nat1", limit_s=0.2)


@pytest.mark.parametrize("argv", [["/no/such/program"], program("raise SystemExit(1)")])
def test_a_regions_command_that_fails_is_an_error(argv):
    with pytest.raises(StaxError):
        run_here(argv, limit_s=LIMIT_S)


def test_a_conversation_is_a_line_for_a_line_and_ends_with_the_block():
    echo = program("import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)\nprint('bye')")

    with conversation(echo) as there:
        assert there.ask("one\n", within_s=LIMIT_S) == "ONE\n"
        assert there.ask("two\n", within_s=LIMIT_S) == "TWO\n"
        assert not there.is_over

    assert there.hear(within_s=LIMIT_S) == "bye\n"


def test_whoever_has_ended_is_over_and_is_told_nothing_more():
    with conversation(program("print('only this')")) as there:
        assert there.hear(within_s=LIMIT_S) == "only this\n"
        assert there.hear(within_s=LIMIT_S) == ""
        there.tell("nobody listens\n")
        assert there.is_over


def test_nothing_in_time_is_an_empty_line():
    with conversation(program("import sys; sys.stdin.read()")) as there:
        assert there.hear(within_s=0.05) == ""
        assert not there.is_over


def test_an_interrupted_conversation_leaves_no_program_behind():
    with pytest.raises(KeyboardInterrupt), conversation(program("import sys; sys.stdin.read()")) as there:
        raise KeyboardInterrupt

    assert isinstance(there._process, subprocess.Popen)
    assert there._process.poll() is not None
