"""What `stax fleet` refuses before it goes anywhere."""

from typing import Any

import pytest

from stax.cli.commands import COMMANDS
from stax.cli.parser import read
from stax.cli.verbs import fleet, scale
from stax.errors import UsageError


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lst-units"], "fleet has no word 'lst-units'"),
        (["cat"], "fleet cat: of what?"),
        (["list-units", "web"], "fleet list-units has no use for 'web'"),
        (["journal", "web", "--lines", "many"], "--lines many: not a number"),
    ],
)
def test_wrong_words_are_refused_before_aws_is_asked(words: list[str], said: str) -> None:
    values = read(COMMANDS["fleet"], words)

    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        fleet.run(values, terminal=None)  # type: ignore[arg-type]


def test_options_may_stand_between_the_words() -> None:
    values = read(COMMANDS["fleet"], ["journal", "--lines", "5", "web", "-f", "--name", "demo"])

    assert (values.word, values.lines, values.follow, values.name) == (["journal", "web"], "5", True, "demo")


def test_what_stands_behind_two_dashes_is_for_the_machine() -> None:
    values = read(COMMANDS["fleet"], ["ssh", "web.1", "--", "docker", "ps", "--all"])

    assert (values.word, values.words) == (["ssh", "web.1"], ["docker", "ps", "--all"])


@pytest.mark.parametrize("words", [["7", "web"], ["web", "7"]])
def test_scale_takes_number_and_name_in_either_order(words: list[str]) -> None:
    assert scale._read(read(COMMANDS["scale"], words)) == (7, "web")


@pytest.mark.parametrize("words", [["web"], ["3", "4"], ["-1"]])
def test_scale_without_one_number_says_what_it_wants(words: list[str]) -> None:
    def asked() -> Any:
        return scale._read(read(COMMANDS["scale"], words))

    with pytest.raises(UsageError):
        asked()
