"""The agent's words: each leads to a function that is there and takes what it is given; anything else to the usage."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from stax.synth.agent import agent_zipapp
from stax_agent.__main__ import ALONE, PRINTED, USAGE, WITH_WORDS, found, main


@pytest.mark.parametrize("place", [*ALONE.values(), *PRINTED.values()])
def test_what_is_told_nothing_can_be_called_with_nothing(place: str):
    inspect.signature(found(place)).bind()


@pytest.mark.parametrize("place", WITH_WORDS.values())
def test_what_is_told_words_takes_them(place: str):
    inspect.signature(found(place)).bind(["word"])


def test_measure_takes_an_address_and_how_to_ask():
    inspect.signature(found("stax_agent.measure:measure")).bind("10.0.0.1", 80, has_servers=True)


@pytest.mark.parametrize(
    "words",
    [[], ["unknown"], ["node", "unknown"], ["publish", "more"], ["facts", "more"], ["measure", "host", "x", "alone"]],
)
def test_anything_else_is_answered_with_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(words) == 2
    assert "usage: agent" in capsys.readouterr().err


def test_every_duty_stands_in_the_usage():
    for word in [*WITH_WORDS, *PRINTED, *(words[0] for words in ALONE)]:
        assert word in USAGE


def test_the_zip_does_a_duty_and_one_duty_does_not_load_the_others(tmp_path: Path):
    (tmp_path / "agent.pyz").write_bytes(agent_zipapp())
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from stax_agent.__main__ import main; code = main(['fleetctl']);"
        "sys.exit(code or any('stax_agent.nat' in name for name in sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(tmp_path / "agent.pyz")], capture_output=True, text=True, check=False
    )

    assert (done.returncode, "usage: fleetctl" in done.stdout) == (0, True), done.stderr
