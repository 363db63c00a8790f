import pytest

from stax.cli import parser
from stax.cli.commands import COMMANDS
from stax.cli.words import take_apart
from stax.errors import UsageError


def test_options_may_stand_before_and_after_the_arguments():
    values = parser.read(COMMANDS["create"], ["--region", "local", "web", "--output", "json", "-y"])

    assert (values.name, values.region, values.output, values.yes) == ("web", "local", "json", True)


def test_a_mistyped_option_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="stax list has no option '--outptu'") as refused:
        parser.read(COMMANDS["list"], ["--outptu", "json"])

    assert refused.value.hint == "did you mean --output?"


def test_a_word_too_many_is_refused():
    with pytest.raises(UsageError, match="stax list has no use for 'web'"):
        parser.read(COMMANDS["list"], ["web"])


def test_an_option_is_never_guessed_from_its_beginning():
    with pytest.raises(UsageError, match="no option '--ye'"):
        parser.read(COMMANDS["destroy"], ["web", "--ye"])


def test_a_name_that_must_be_given_is_asked_for():
    with pytest.raises(UsageError, match="NAME"):
        parser.read(COMMANDS["destroy"], [])


def test_help_is_answered_though_an_argument_is_missing():
    with pytest.raises(parser.Answered, match=r"usage: stax destroy \[OPTIONS\] NAME"):
        parser.read(COMMANDS["destroy"], ["--help"])


@pytest.mark.parametrize("command", [c for c in COMMANDS.values() if not c.passes_words_on], ids=lambda c: c.name)
def test_every_command_has_a_help_with_an_example_of_itself(command):
    shown = parser.parser_of(command).format_help()

    assert f"stax {command.name}" in shown.partition("examples:")[2]
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_a_mistyped_command_is_answered_with_the_nearest():
    error = parser.not_understood(take_apart(["crate"]))

    assert (error.message, error.hint) == ("stax has no command 'crate'", "did you mean create?")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("nat statu web", "stax nat has no command 'statu'", "did you mean status?"),
        ("nat -q", "stax nat needs one of its commands: ", "see stax nat --help"),
        ("natt status", "stax has no command 'natt'", "did you mean nat?"),
    ],
)
def test_a_group_says_what_is_missing_or_mistyped(line, message, hint):
    error = parser.not_understood(take_apart(line.split()))

    assert error.message.startswith(message)
    assert error.hint == hint


def test_a_mistyped_option_before_the_command_is_not_taken_for_a_mistyped_command():
    error = parser.not_understood(take_apart(["--outptu", "json", "list"]))

    assert error.message == "stax has no option '--outptu'"


def test_a_command_full_of_escapes_cannot_steer_the_terminal():
    assert "\x1b" not in parser.not_understood(take_apart(["\x1b[2Jcreate"])).message


def test_examples_are_accepted_by_the_parser_themselves():
    for command in COMMANDS.values():
        for line, _ in command.examples:
            taken = take_apart(line.split()[1:])
            assert taken.command == command.name
            parser.read(command, taken.rest)


@pytest.mark.parametrize(
    ("line", "target", "words"),
    [
        (["docker2", "--", "ls", "-l", "--help", "--", "a b", ""], "docker2", ["ls", "-l", "--help", "--", "a b", ""]),
        (["--", "-q"], None, ["-q"]),
        (["nat1", "--"], "nat1", []),
        (["-q", "nat1"], "nat1", []),
    ],
)
def test_what_stands_behind_two_hyphens_is_the_machines_word_for_word(line, target, words):
    values = parser.read(COMMANDS["connect"], line)

    assert (values.target, values.words) == (target, words)


def test_a_command_for_the_machine_without_two_hyphens_is_answered_with_how_it_is_said():
    with pytest.raises(UsageError, match="no use for 'uptime'") as refused:
        parser.read(COMMANDS["connect"], ["docker1", "uptime"])

    assert "behind a --" in refused.value.hint
