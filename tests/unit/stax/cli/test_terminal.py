import pytest

from stax.errors import Declined, StaxError


def test_yes_is_yes(new_terminal):
    at = new_terminal(typed="y\n")

    at.ask("ok to create web")

    assert "ok to create web [y/N]? " in at.stderr.getvalue()
    assert at.stdout.getvalue() == ""


@pytest.mark.parametrize("typed", ["\n", "n\n", "yep\n", ""])
def test_anything_but_yes_is_no(new_terminal, typed):
    with pytest.raises(Declined):
        new_terminal(typed=typed).ask("ok to create web")


def test_nobody_there_means_no_and_names_the_option(new_terminal):
    with pytest.raises(Declined) as declined:
        new_terminal().ask("ok to create web")

    assert "--yes" in declined.value.hint


def test_yes_given_before_asks_nothing(new_terminal):
    at = new_terminal()
    at.asks = False

    at.ask("ok to create web")
    at.ask_to_type("type the name", "web")

    assert at.stderr.getvalue() == ""


def test_the_name_must_be_typed_as_it_is(new_terminal):
    new_terminal(typed="web\n").ask_to_type("type the name", "web")

    with pytest.raises(Declined, match="'y' is not 'web'"):
        new_terminal(typed="y\n").ask_to_type("type the name", "web")


def test_an_error_of_several_lines_keeps_them(new_terminal):
    at = new_terminal()

    at.fail(StaxError("two problems\n  one\n  two", hint="try\nagain"))

    assert at.stderr.getvalue() == (
        "[ ERRR ]  two problems\n            one\n            two\n          try\n          again\n"
    )


def test_labels_are_coloured_only_where_somebody_looks(new_terminal, monkeypatch):
    at = new_terminal(typed="")
    assert at.painted("ERRR", "red", at.stderr) == "\x1b[1;31mERRR\x1b[0m"
    assert at.painted("ERRR", "red", at.stdout) == "ERRR"

    monkeypatch.setenv("NO_COLOR", "1")
    assert at.painted("ERRR", "red", at.stderr) == "\x1b[1mERRR\x1b[0m"

    monkeypatch.setenv("TERM", "dumb")
    assert at.painted("ERRR", "red", at.stderr) == "ERRR"


def test_on_a_terminal_an_error_is_wrapped_between_words(new_terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    at = new_terminal(draws=True)

    at.fail(StaxError("one two three four five six seven eight", hint="stax destroy web"))

    assert at.stderr.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "") == (
        "[ ERRR ]  one two three four five six\n          seven eight\n          stax destroy web\n"
    )


def test_what_is_no_rehearsal_has_to_be_typed_whatever_yes_says(new_terminal):
    at = new_terminal(typed="nat1\n")
    at.asks = False
    at.insist_on_typing("type nat1:", "nat1")

    with pytest.raises(Declined, match="'' is not 'nat1'"):
        at.insist_on_typing("type nat1:", "nat1")


def test_where_nobody_sits_what_is_no_rehearsal_does_not_begin(new_terminal):
    at = new_terminal()
    at.asks = False

    with pytest.raises(Declined) as declined:
        at.insist_on_typing("type nat1:", "nat1")

    assert declined.value.hint.startswith("--yes does not answer this")
