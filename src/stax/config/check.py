"""From a document to a configuration, or to everything that is wrong with it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from stax.config.configuration import Configuration
from stax.config.crosscheck import Allowances, findings
from stax.config.document import Document, Entry
from stax.config.json_text import Node
from stax.config.keys import BY_NAME, FILLED_IN, KEYS, RETIRED, TAGS, Key
from stax.config.kinds import Refused
from stax.config.networks import SUBNETS, default_subnets
from stax.config.placeholders import Surroundings, fill_in, is_left_for_later
from stax.config.problems import ConfigurationError, Problem
from stax.config.processors import DEFAULT_TYPES

NO_ALLOWANCES = Allowances()


@dataclass
class _Draft:
    """What is known so far: `values` of the good keys, `entries` of the written ones, `problems`."""

    values: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check(
    document: Document,
    *,
    surroundings: Surroundings,
    allowances: Allowances = NO_ALLOWANCES,
    template_parameters: Collection[str] = (),
) -> Configuration:
    """Return the configuration that the document describes; raises ConfigurationError with every problem.

    `template_parameters` are further names that the user's own template declares; their values pass as they are.
    """
    draft = _Draft()
    for entry in document.entries:
        _take_in(draft, entry, frozenset(template_parameters))
    for key in KEYS:
        if key.name in draft.entries:
            _read_value(draft, draft.entries[key.name], key, surroundings)
    _fill_defaults(draft, surroundings)
    draft.problems.extend(_judged_together(draft, allowances))
    if draft.problems:
        raise ConfigurationError(draft.problems, path=document.path)
    values = {key.attribute: draft.values[key.name] for key in KEYS}
    return Configuration(**values, extra=draft.extra, notes=tuple(draft.notes))


def _take_in(draft: _Draft, entry: Entry, template_parameters: Collection[str]) -> None:
    first = draft.entries.setdefault(entry.key, entry)
    if first is not entry:
        message = f"this key is set twice, first in line {first.position.line}"
        draft.problems.append(Problem(key=entry.key, message=message, position=entry.position))
    elif entry.key in RETIRED:
        draft.notes.append(f"{entry.key} has no effect any more: {RETIRED[entry.key]}")
    elif entry.key in FILLED_IN:
        message = "stax fills this in itself: leave it out"
        draft.problems.append(Problem(key=entry.key, message=message, position=entry.position))
    elif entry.key not in BY_NAME and entry.key in template_parameters:
        _take_extra(draft, entry)
    elif entry.key not in BY_NAME:
        names = [*BY_NAME, *template_parameters]
        near = nearest_key(entry.key, names)
        message = "unknown key" if near else f"unknown key; there are {', '.join(BY_NAME)}"
        draft.problems.append(Problem(key=entry.key, message=message, position=entry.position, nearest=near))


def nearest_key(name: str, names: Collection[str]) -> str:
    """Return the name most like this one, whatever the case, or ""."""
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(name.lower()[:80], list(by_lower), n=1)
    return by_lower[near[0]] if near else ""


def _take_extra(draft: _Draft, entry: Entry) -> None:
    if entry.value.kind in ("text", "number", "boolean"):
        draft.extra[entry.key] = entry.value.text
    else:
        draft.problems.append(_problem(entry, Refused(str(entry.value)), "a text, a number, true or false"))


def _problem(entry: Entry, refusal: Refused, allowed: str) -> Problem:
    return Problem(
        key=entry.key,
        value=_written(entry.value),
        message=refusal.message,
        position=entry.value.position,
        allowed=allowed,
        nearest=refusal.nearest,
    )


def _written(value: Node) -> str | None:
    return None if value.kind in ("list", "object") else value.text


def _read_value(draft: _Draft, entry: Entry, key: Key, surroundings: Surroundings) -> None:
    try:
        draft.values[key.name] = _value(_scalar(entry.value, key), key, surroundings)
    except Refused as refusal:
        draft.problems.append(_problem(entry, refusal, key.kind.allowed))


def _scalar(value: Node, key: Key) -> str:
    if value.kind in ("list", "object", "null"):
        raise Refused(f"{value} where one value is due")
    if value.kind == "boolean" and key.name not in TAGS:
        raise Refused("true and false mean nothing here")
    return value.text


def _value(text: str, key: Key, surroundings: Surroundings) -> Any:
    if is_left_for_later(key, text, surroundings):
        return None
    return key.kind.read(fill_in(key, text, surroundings))


def _fill_defaults(draft: _Draft, surroundings: Surroundings) -> None:
    """Give every key that was not written its default, some of which follow other keys."""
    vpc = draft.values.get("VpcCidr")
    following = dict(default_subnets(vpc)) if vpc else {}
    types: Mapping[str, str] = DEFAULT_TYPES.get(draft.values.get("Architecture", ""), {})
    for key in KEYS:
        if key.name in draft.entries or (key.name in SUBNETS and "VpcCidr" in draft.entries and not vpc):
            continue
        default = str(following.get(key.name) or types.get(key.name) or key.default or "")
        if not default:
            draft.problems.append(Problem(key=key.name, message="missing", allowed=key.kind.allowed))
            continue
        try:
            draft.values[key.name] = _value(default, key, surroundings)
        except Refused as refusal:
            allowed = key.kind.allowed
            draft.problems.append(Problem(key=key.name, value=default, message=refusal.message, allowed=allowed))


def _judged_together(draft: _Draft, allowances: Allowances) -> Iterator[Problem]:
    for name, message, nearest in findings(draft.values, allowances):
        entry = draft.entries.get(name)
        yield Problem(
            key=name,
            value=str(draft.values[name]),
            message=message,
            position=entry.value.position if entry else None,
            nearest=nearest,
        )
