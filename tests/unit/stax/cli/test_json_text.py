import json
from datetime import UTC, datetime
from ipaddress import ip_network

from stax.cli.json_text import document, error_line, event_line, plain, result_line
from stax.errors import NotFound
from stax.events import StepStarted

AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def test_an_event_is_a_line_with_its_kind_first():
    line = event_line(StepStarted(step="uploading", at=AT))

    assert line == '{"event":"StepStarted","at":"2026-01-01T12:00:00Z","step":"uploading"}'


def test_the_last_line_is_the_result_or_the_error():
    assert json.loads(result_line({"a": (1,)})) == {"event": "Result", "result": {"a": [1]}}
    assert json.loads(error_line(NotFound("no web", hint="stax list"))) == {
        "event": "Failed", "message": "no web", "hint": "stax list", "exit_code": 4,
    }  # fmt: skip


def test_everything_becomes_jsons_own_types():
    value = {"network": ip_network("10.0.0.0/8"), "set": frozenset({"b", "a"}), "none": None, "at": AT}

    assert plain(value) == {"network": "10.0.0.0/8", "set": ["a", "b"], "none": None, "at": "2026-01-01T12:00:00Z"}


def test_a_document_keeps_letters_as_they_are():
    assert "é" in document({"name": "é"})
