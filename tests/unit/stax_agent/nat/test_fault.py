"""A box that is broken on purpose is mended when nobody holds it to that any more."""

import io

import pytest

from stax_agent.nat import fault
from stax_agent.nat.fault import FAULTS, Fault, break_on_purpose


@pytest.fixture
def story(monkeypatch) -> list[str]:
    """What was done, in order; the operator's connection ends at once."""
    told: list[str] = []
    monkeypatch.setitem(FAULTS, "test", Fault(lambda: told.append("broken"), lambda: told.append("mended")))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    return told


def test_it_is_mended_when_the_input_ends(story):
    break_on_purpose("test", lambda: story.append("said"))

    assert story == ["broken", "said", "mended"]


def test_it_is_mended_when_nobody_hears_that_it_is_broken(story):
    def nobody() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        break_on_purpose("test", nobody)

    assert story == ["broken", "mended"]


def test_it_is_mended_when_the_time_is_up(story, monkeypatch):
    monkeypatch.setattr(fault, "LONGEST_S", 0.01)
    monkeypatch.setattr(fault, "_await_end", lambda ended: None)

    break_on_purpose("test", lambda: None)

    assert story == ["broken", "mended"]
