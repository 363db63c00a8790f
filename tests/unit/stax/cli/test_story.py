from stax.cli.story import heard
from stax.events import StaxNamed, StepDetail, StepStarted, Warned


def told():
    yield StaxNamed(name="web", region="local")
    yield StepStarted(step="waiting")
    yield StepDetail(text="docker1")
    yield Warned(text="docker2 is not ready", hint="run this again")
    return 42


def test_each_event_is_a_line_on_stderr_and_the_result_is_returned(new_terminal):
    at = new_terminal()

    assert heard(told(), at) == 42
    assert at.stderr.getvalue() == (
        "[ ---- ]  waiting\n[ ---- ]  docker1\n[ WARN ]  docker2 is not ready\n          run this again\n"
    )
    assert at.stdout.getvalue() == ""


def test_with_quiet_nothing_is_told(new_terminal):
    at = new_terminal()
    at.is_quiet = True

    heard(told(), at)

    assert at.stderr.getvalue() == ""
