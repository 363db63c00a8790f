import json
from datetime import UTC, datetime
from pathlib import Path

from stax.local_state import append_history
from stax.model.history import HistoryEntry


def _record(home: Path, name: str) -> None:
    entry = HistoryEntry(
        verb="create", name=name, region="local", account_id="123456789012", who="me@here",
        began_at=datetime(2026, 1, 1, tzinfo=UTC), elapsed_s=12, outcome="done",
    )  # fmt: skip
    append_history(home, entry)


def test_who_did_what_when_and_how_it_ended(stax, tmp_path):
    _record(tmp_path / "home", "web")

    outcome = stax("history")

    assert outcome.exit_code == 0
    assert outcome.out.splitlines()[1].split() == [
        "2026-01-01", "00:00:00", "UTC", "me@here", "create", "web", "local", "12", "s", "done",
    ]  # fmt: skip


def test_of_one_stax_alone_and_as_json(stax, tmp_path):
    _record(tmp_path / "home", "web")
    _record(tmp_path / "home", "db")

    assert [entry["name"] for entry in json.loads(stax("history", "db", "-o", "json").out)] == ["db"]


def test_an_empty_history_is_no_failure(stax):
    outcome = stax("history")

    assert (outcome.exit_code, outcome.out) == (0, "")


def test_a_torn_line_is_left_out_and_said(stax, tmp_path):
    _record(tmp_path / "home", "web")
    with (tmp_path / "home" / "history.jsonl").open("a") as file:
        file.write('{"verb": "crea')

    outcome = stax("history")

    assert "1 lines of the history cannot be read" in outcome.err
    assert "web" in outcome.out
