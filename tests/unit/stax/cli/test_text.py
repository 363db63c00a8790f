from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax.cli.text import age, duration, moment, printable


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (0.44, "0.4 s"), (9.96, "10.0 s"), (12, "12 s"), (60, "1 min"), (200, "3 min 20 s"),
     (18120, "5 h 2 min"), (100800 + 86400, "2 d 4 h"), (-1, "0.0 s")],
)  # fmt: skip
def test_durations_read_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_ages_are_coarse():
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert age(now - timedelta(hours=5, minutes=50), now) == "5 h"
    assert age(now + timedelta(seconds=5), now) == "0 s"


def test_moments_are_in_utc():
    assert moment(datetime.fromisoformat("2026-01-01T12:00:00+02:00")) == "2026-01-01 10:00:00 UTC"


def test_escapes_and_reversals_are_shown_not_obeyed():
    assert printable("a\x1b[2Jb\u202ec\nd") == r"a\x1b[2Jb\u202ec d"


def test_long_texts_are_cut():
    assert printable("x" * 12, most=10) == "x" * 10 + "…"


@given(st.text())
def test_whatever_comes_fits_on_a_line(text):
    assert all(character.isprintable() or character == " " or ord(character) > 0x7F for character in printable(text))
    assert len(printable(text).splitlines()) <= 1
