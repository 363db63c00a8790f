from datetime import UTC, datetime

from stax.api.history import History, history
from stax.local_state import append_history
from stax.model.history import HistoryEntry


def entry(name: str) -> HistoryEntry:
    return HistoryEntry(
        verb="create",
        name=name,
        region="eu-west-1",
        account_id="123456789012",
        who="jo@laptop",
        began_at=datetime(2026, 1, 1, tzinfo=UTC),
        elapsed_s=1.0,
        outcome="done",
    )


def test_everything_is_told_or_what_was_done_to_one(tmp_path):
    home = tmp_path / "home"
    for name in ("demo", "web", "demo"):
        append_history(home, entry(name))

    assert [one.name for one in history(home).entries] == ["demo", "web", "demo"]
    assert [one.name for one in history(home, "web").entries] == ["web"]


def test_before_anything_was_done_there_is_nothing(tmp_path):
    assert history(tmp_path / "home") == History(entries=(), unreadable_lines=0)
