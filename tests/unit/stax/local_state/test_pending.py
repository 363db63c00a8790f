from datetime import UTC, datetime

import pytest

from stax.local_state.pending import PendingCreate, read_pending, remove_pending, write_pending

EARLY = PendingCreate(name="early", begun_at=datetime(2026, 1, 1, tzinfo=UTC), generated=True)
LATE = PendingCreate(name="late", begun_at=datetime(2026, 1, 2, tzinfo=UTC), generated=False)


@pytest.fixture
def folder(tmp_path):
    for pending in (EARLY, LATE):
        write_pending(tmp_path / "home" / "pending", pending, home=tmp_path / "home")
    return tmp_path / "home" / "pending"


def test_the_newest_comes_first(folder):
    assert read_pending(folder) == (LATE, EARLY)


def test_a_finished_one_is_gone_and_may_be_finished_twice(folder):
    remove_pending(folder, "late")
    remove_pending(folder, "late")

    assert read_pending(folder) == (EARLY,)


def test_where_nothing_was_begun_nothing_is_pending(tmp_path):
    assert read_pending(tmp_path / "nothing") == ()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"name": "../../x"}',
        '{"name": "late", "begun_at": 3, "generated": true}',
        '{"name": "late", "begun_at": "2026-01-01", "generated": true}',
    ],
)
def test_a_record_that_cannot_be_understood_is_left_out(folder, content):
    (folder / "late.json").write_text(content)

    assert read_pending(folder) == (EARLY,)
