"""A terminal in memory: what a command wrote, and what a person would type."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from stax.cli.main import run
from stax.cli.terminal import Terminal


class Stream(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, text: str = "", *, is_terminal: bool = False) -> None:
        super().__init__(text)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@dataclass
class Outcome:
    """What a command line came to."""

    exit_code: int
    out: str
    err: str


def terminal(*, typed: str | None = None, draws: bool = False) -> Terminal:
    """Return a terminal; a person sits at it when `typed` says what they type."""
    sits_there = typed is not None
    return Terminal(
        Stream(typed or "", is_terminal=sits_there),
        Stream(is_terminal=draws),
        Stream(is_terminal=sits_there or draws),
    )


@pytest.fixture
def stax() -> Callable[..., Outcome]:
    """Run a command line and return what it came to."""

    def run_words(*words: str, typed: str | None = None) -> Outcome:
        at = terminal(typed=typed)
        exit_code = run(words, at)
        assert isinstance(at.stdout, Stream)
        assert isinstance(at.stderr, Stream)
        return Outcome(exit_code, at.stdout.getvalue(), at.stderr.getvalue())

    return run_words


@pytest.fixture
def new_terminal() -> Callable[..., Terminal]:
    """Make a terminal in memory."""
    return terminal


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    """Nothing outside of the test's own folder is read or written."""
    monkeypatch.setenv("STAX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
