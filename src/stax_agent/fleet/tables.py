"""fleetctl's three tables: which fields they have, and what stands in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stax_agent.fleet.state import Machine, Unit, UnitFile, shortened
from stax_agent.fleet.tabs import tabbed

Field = Callable[[Any, bool], str]
"""From a noun, and whether it is wanted in full, to a cell."""

NOTHING = "-"
HASH_DIGITS = 7


@dataclass(frozen=True)
class Look:
    """How a table is to look."""

    full: bool = False
    legend: bool = True
    fields: Sequence[str] = ()
    """Empty: those that fleetctl shows."""


def _metadata(machine: Machine, _full: bool) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(machine.metadata.items())) or NOTHING


def _of(machine: Machine | None, full: bool) -> str:
    return machine.legend(full=full) if machine else NOTHING


MACHINES: Mapping[str, Field] = {
    "machine": lambda one, full: shortened(one.id, full=full),
    "ip": lambda one, _: one.address or NOTHING,
    "metadata": _metadata,
}
UNITS: Mapping[str, Field] = {
    "unit": lambda one, _: one.name,
    "machine": lambda one, full: _of(one.machine, full),
    "active": lambda one, _: one.active,
    "sub": lambda one, _: one.sub,
}
UNIT_FILES: Mapping[str, Field] = {
    "unit": lambda one, _: one.name,
    "hash": lambda one, full: one.hash if full else one.hash[:HASH_DIGITS],
    "dstate": lambda one, _: one.desired,
    "state": lambda one, _: NOTHING if one.is_global else one.state,
    "target": lambda one, full: NOTHING if one.is_global else _of(one.target, full),
    "global": lambda one, _: "true" if one.is_global else "false",
}
USUAL = {
    "list-machines": ("machine", "ip", "metadata"),
    "list-units": ("unit", "machine", "active", "sub"),
    "list-unit-files": ("unit", "hash", "dstate", "state", "target"),
}
FIELDS = {"list-machines": MACHINES, "list-units": UNITS, "list-unit-files": UNIT_FILES}


def unknown_fields(word: str, fields: Sequence[str]) -> list[str]:
    """Return those of the wanted fields that a table does not have."""
    return [name for name in fields if name not in FIELDS[word]]


def table(word: str, nouns: Sequence[Machine | Unit | UnitFile], look: Look) -> str:
    """Return a table, ready to be written."""
    shown = look.fields or USUAL[word]
    rows = [[FIELDS[word][name](noun, look.full) for name in shown] for noun in nouns]
    legend = [[name.upper() for name in shown]] if look.legend else []
    return tabbed([*legend, *rows])


def as_objects(word: str, nouns: Sequence[Machine | Unit | UnitFile]) -> list[dict[str, str]]:
    """Return the nouns with every field in full, for programs."""
    return [{name: field(noun, True) for name, field in FIELDS[word].items()} for noun in nouns]
