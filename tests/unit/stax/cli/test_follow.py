import pytest

from stax.cli.follow import Interrupted, follow
from stax.events import StepStarted


def _story(closed):
    try:
        yield StepStarted(step="one")
        yield StepStarted(step="two")
    finally:
        closed.append(True)
    return 42


def _interrupted_story():
    yield StepStarted(step="one")
    raise KeyboardInterrupt


def test_every_event_is_shown_and_the_verbs_result_returned(new_terminal):
    at = new_terminal()

    result = follow(_story([]), at, is_answer=True, interrupted=Interrupted("stopped"))

    assert result == 42
    assert at.stderr.getvalue() == "[ ---- ]  one\n[ ---- ]  two\n"


def test_json_goes_to_stdout_an_event_a_line(new_terminal):
    at = new_terminal()
    at.output = "json"

    follow(_story([]), at, is_answer=True, interrupted=Interrupted("stopped"))

    assert [line.partition(",")[0] for line in at.stdout.getvalue().splitlines()] == ['{"event":"StepStarted"'] * 2
    assert at.stderr.getvalue() == ""


def test_ctrl_c_says_what_the_verb_wants_said(new_terminal):
    with pytest.raises(Interrupted, match="web goes on") as interrupted:
        follow(_interrupted_story(), new_terminal(), is_answer=False, interrupted=Interrupted("web goes on"))

    assert interrupted.value.exit_code == 130


def test_quiet_hears_the_story_out_in_silence(new_terminal):
    at = new_terminal()
    at.is_quiet = True

    assert follow(_story([]), at, is_answer=False, interrupted=Interrupted("stopped")) == 42
    assert at.stderr.getvalue() == ""
