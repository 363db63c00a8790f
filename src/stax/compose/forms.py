"""Compose's short forms as the long ones; each raises ValueError for what is wrong."""

import shlex
from collections.abc import Callable, Mapping
from typing import Any

from stax.compose.problems import shown


def pairs(value: Any) -> dict[str, str | None]:
    """Return environment or labels as a mapping; a name without a value has None."""
    if isinstance(value, list):
        split = (str(one).partition("=") for one in value)
        return {name: text if mark else None for name, mark, text in split}
    if value is not None and not isinstance(value, dict):
        raise ValueError("neither a mapping nor a list of NAME=VALUE")
    return {name: None if one is None else _word(one) for name, one in (value or {}).items()}


def _word(value: Any) -> str:
    if isinstance(value, dict | list):
        raise ValueError(f"{shown(value)} is no single value")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(value: Any) -> list[str] | None:
    if value is None:
        return None
    return shlex.split(value) if isinstance(value, str) else [_word(one) for one in value]


def _strings(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [_word(one) for one in value or ()]


def _sources(value: Any) -> list[dict[str, Any]]:
    found = [{"source": one} if isinstance(one, str) else dict(one) for one in value or ()]
    for one in found:
        if "source" not in one:
            raise ValueError("an entry has no source")
    return found


def _networks(value: Any) -> dict[str, Any]:
    return {one: {} for one in value} if isinstance(value, list) else {name: one or {} for name, one in value.items()}


def _health(value: Any) -> dict[str, Any]:
    given = dict(value or {})
    if isinstance(given.get("test"), str):
        given["test"] = ["CMD-SHELL", given["test"]]
    if given.get("disable"):
        given = {"test": ["NONE"]}
    return given


def _hosts(value: Any) -> list[str]:
    return [f"{name}:{one}" for name, one in value.items()] if isinstance(value, dict) else _strings(value)


FORMS: Mapping[str, Callable[[Any], Any]] = {
    "command": _words,
    "entrypoint": _words,
    "labels": pairs,
    "networks": _networks,
    "configs": _sources,
    "secrets": _sources,
    "healthcheck": _health,
    "extra_hosts": _hosts,
    "tmpfs": _strings,
    "dns": _strings,
    "dns_search": _strings,
    "cap_add": _strings,
    "cap_drop": _strings,
}
"""How each key's short form becomes the long one."""
