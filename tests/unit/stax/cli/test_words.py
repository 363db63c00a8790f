import pytest

from stax.cli.words import take_apart


@pytest.mark.parametrize(
    ("line", "command", "rest"),
    [
        ("create web", "create", ("web",)),
        ("--region local create web", "create", ("--region", "local", "web")),
        ("--region=local create", "create", ("--region=local",)),
        ("-c create create", "create", ("-c", "create")),
        ("-cFILE create", "create", ("-cFILE",)),
        ("-qc FILE create", "create", ("-qc", "FILE")),
        ("-q create", "create", ("-q",)),
        ("--template mine.yaml plan", "plan", ("--template", "mine.yaml")),
        ("-- create -x", "create", ("-x",)),
        ("--", None, ()),
        ("--region", None, ("--region",)),
        ("", None, ()),
        ("-", "-", ()),
        ("nat status web", "nat status", ("web",)),
        ("--region local nat -q status web -o json", "nat status", ("--region", "local", "-q", "web", "-o", "json")),
        ("nat statu web", "nat", ("statu", "web")),
        ("nat", "nat", ()),
        ("nat --help", "nat", ("--help",)),
    ],
)
def test_the_command_is_the_first_word_that_is_no_option_and_no_options_value(line, command, rest):
    taken = take_apart(line.split())

    assert (taken.command, taken.rest) == (command, rest)


def test_no_word_at_all_asks_for_the_overview():
    assert take_apart([]).asks_for_overview


def test_help_before_the_command_is_the_commands_help():
    assert not take_apart(["--help", "create"]).asks_for_overview
