"""What fails is tried again, ever more slowly, and told once."""

import pytest

from stax_agent.setback import LONGEST_PAUSE_S, Setback, until_it_works


class Attempt:
    """Fails so many times, then works."""

    def __init__(self, *failures: str) -> None:
        self.failures = list(failures)

    def __call__(self) -> str:
        if self.failures:
            raise Setback(self.failures.pop(0))
        return "done"


def tried(attempt: Attempt) -> tuple[str, list[float], list[str]]:
    pauses_s: list[float] = []
    said: list[str] = []
    return until_it_works(attempt, sleep=pauses_s.append, say=said.append), pauses_s, said


def test_what_works_at_once_is_neither_waited_for_nor_told():
    assert tried(Attempt()) == ("done", [], [])


def test_the_pauses_grow_to_half_a_minute_and_no_further():
    _, pauses_s, _ = tried(Attempt(*["no"] * 10))

    assert pauses_s[0] <= 1.0
    assert max(pauses_s) <= LONGEST_PAUSE_S
    assert min(pauses_s[6:]) >= LONGEST_PAUSE_S / 2


def test_the_same_setback_is_told_once_and_another_is_told_too():
    _, _, said = tried(Attempt("no way out", "no way out", "no credentials", "no credentials"))

    assert said == ["not yet, trying on: no way out", "not yet, trying on: no credentials"]


def test_what_nobody_expected_is_not_tried_again():
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        until_it_works(broken, sleep=lambda _: None, say=lambda _: None)
