"""What is different between two definitions of a stack, service by service and property by property."""

from collections.abc import Iterator, Mapping
from typing import Any

from stax.model.services import Change, Definition, ServiceChange

_UNCHANGED: Definition = {"services": {}}


def service_changes(before: Definition | None, after: Definition) -> list[ServiceChange]:
    """Return what becomes of each service; those that keep as they are are told as well."""
    old, new = (before or _UNCHANGED)["services"], after["services"]
    found = []
    for name in sorted({*old, *new}):
        if name not in new:
            found.append(ServiceChange(service=name, action="remove"))
        else:
            changes = tuple(_changes(_with_contents(old.get(name), before), _with_contents(new[name], after)))
            action = "add" if name not in old else "change" if changes else "keep"
            found.append(ServiceChange(service=name, action=action, changes=changes))
    return found


def _with_contents(service: Mapping[str, Any] | None, definition: Definition | None) -> Mapping[str, Any]:
    """Return a service with what its configs hold: another content is a change, though its name is the same."""
    configs = (definition or {}).get("configs", {})
    used = [one["source"] for one in (service or {}).get("configs", ())]
    held = {name: configs[name]["content"] for name in used if "content" in configs.get(name, {})}
    return {**(service or {}), "config contents": held}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = dict(_flat(before, "")), dict(_flat(after, ""))
    for path in sorted({*old, *new}):
        if old.get(path) != new.get(path):
            yield Change(path=path, before=old.get(path, ""), after=new.get(path, ""))


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _flat(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for one in value:
            yield f"{path}[{_name_of(one)}]", _told(one)
    elif value not in ({}, [], None):
        yield path, _told(value)


def _name_of(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    if "published" in entry:
        return f"{entry['published']}/{entry.get('protocol', 'tcp')}"
    return str(entry.get("target") or entry.get("source") or "")


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key}={_told(one)}" for key, one in sorted(value.items()))
    if isinstance(value, list):
        return " ".join(_told(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
