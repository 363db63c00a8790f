"""Nouns and events as JSON: dataclasses as objects, moments in ISO 8601 UTC, everything else as it prints."""

import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from stax.errors import StaxError
from stax.events import Event


def document(value: object) -> str:
    """Return a whole answer, indented for people who look at it."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False)


def line_of(fact: object) -> str:
    """Return a dataclass on one line: its kind under `event`, then its fields."""
    return _line({"event": type(fact).__name__, **plain(fact)})


def event_line(event: Event) -> str:
    """Return an event on one line: its kind under `event`, then its fields."""
    return line_of(event)


def result_line(result: object) -> str:
    """Return the last line of a verb that succeeded."""
    return _line({"event": "Result", "result": plain(result)})


def error_line(error: StaxError) -> str:
    """Return the last line of a verb that did not."""
    told = {"message": error.message, "hint": error.hint, "exit_code": int(error.exit_code)}
    return _line({"event": "Failed", **told})


def plain(value: Any) -> Any:
    """Return the value in JSON's own types."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple | Set):
        return [plain(member) for member in (sorted(value) if isinstance(value, Set) else value)]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
