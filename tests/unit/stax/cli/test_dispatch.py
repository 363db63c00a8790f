import json

import pytest

from stax.cli.dispatch import dispatch
from stax.cli.words import take_apart
from stax.errors import StaxError


def test_an_event_stream_that_fails_ends_with_the_error(new_terminal, monkeypatch):
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    at = new_terminal()

    with pytest.raises(StaxError):
        dispatch(take_apart(["watch", "web", "--region", "local", "--output", "json"]), at)

    assert json.loads(at.stdout.getvalue())["event"] == "Failed"


def test_an_answer_that_fails_is_no_json_at_all(new_terminal):
    at = new_terminal()

    with pytest.raises(StaxError):
        dispatch(take_apart(["list", "--region", "local", "--output", "json"]), at)

    assert at.stdout.getvalue() == ""


def test_the_options_set_the_terminal(new_terminal):
    at = new_terminal()

    dispatch(take_apart(["--quiet", "-d", "history", "--yes"]), at)

    assert (at.is_quiet, at.is_debugging, at.asks, at.shows_logo) == (True, True, False, False)


@pytest.mark.parametrize("line", ["nat --help", "--help nat", "help nat"])
def test_a_group_is_explained(new_terminal, line):
    at = new_terminal()

    assert dispatch(take_apart(line.split()), at) == 0
    assert "usage: stax nat COMMAND" in at.stdout.getvalue()
