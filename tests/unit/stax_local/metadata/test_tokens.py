"""A token holds for one instance and a time."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from stax_local.metadata.tokens import Tokens


class Clock:
    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def test_a_token_holds_until_its_time_is_over() -> None:
    clock = Clock()
    tokens = Tokens(clock)
    token = tokens.issue("i-1", lifetime_s=60)

    clock.s += 59
    assert tokens.holds(token, "i-1")
    clock.s += 1
    assert not tokens.holds(token, "i-1")


def test_a_token_of_another_instance_is_none() -> None:
    tokens = Tokens(Clock())

    assert not tokens.holds(tokens.issue("i-1", lifetime_s=60), "i-2")


def test_a_token_of_another_region_is_none() -> None:
    assert not Tokens(Clock()).holds(Tokens(Clock()).issue("i-1", lifetime_s=60), "i-1")


def test_a_token_cannot_be_given_a_longer_life() -> None:
    tokens = Tokens(Clock())
    raw = base64.urlsafe_b64decode(tokens.issue("i-1", lifetime_s=60))

    assert not tokens.holds(base64.urlsafe_b64encode(b"\xff" * 8 + raw[8:]).decode(), "i-1")


@given(st.text())
def test_anything_else_is_no_token(text: str) -> None:
    assert not Tokens(Clock()).holds(text, "i-1")
