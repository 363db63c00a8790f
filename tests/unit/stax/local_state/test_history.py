from datetime import UTC, datetime

import pytest

from stax.local_state.history import FILE, LONGEST_DETAIL, append_history, read_history
from stax.model.history import HistoryEntry

ENTRY = HistoryEntry(
    verb="create",
    name="demo",
    region="eu-west-1",
    account_id="123456789012",
    who="jo@laptop",
    began_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    elapsed_s=61.5,
    outcome="done",
)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def test_what_was_done_is_read_back_oldest_first(home):
    later = HistoryEntry(**{**vars(ENTRY), "verb": "destroy"})
    append_history(home, ENTRY)
    append_history(home, later)

    assert read_history(home) == ((ENTRY, later), 0)


def test_no_history_is_empty(home):
    assert read_history(home) == ((), 0)


def test_a_torn_line_is_counted_and_kept(home):
    append_history(home, ENTRY)
    with (home / FILE).open("ab") as file:
        file.write(b'{"verb": "des')

    append_history(home, ENTRY)

    assert read_history(home) == ((ENTRY, ENTRY), 1)
    assert b'{"verb": "des\n' in (home / FILE).read_bytes()


@pytest.mark.parametrize("line", [b"\xff\xfe", b"[]", b"3", b'{"began_at": "x"}', b"[" * 100_000])
def test_no_line_breaks_the_reading(home, line):
    append_history(home, ENTRY)
    with (home / FILE).open("ab") as file:
        file.write(line + b"\n")

    assert read_history(home) == ((ENTRY,), 1)


def test_a_long_story_is_cut(home):
    append_history(home, HistoryEntry(**{**vars(ENTRY), "detail": "x" * 10_000}))

    assert len(read_history(home)[0][0].detail) == LONGEST_DETAIL
