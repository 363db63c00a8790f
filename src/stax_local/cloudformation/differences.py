"""What differs between a resource as it is and as it is to be, property by property.

Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stax_local.cloudformation.expressions import UNKNOWN, is_known
from stax_local.cloudformation.shapes import Effect, ResourceType

ABSENT: Any = object()


@dataclass(frozen=True)
class PropertyChange:
    """One place where two sets of properties differ."""

    path: str
    """As a change set shows it: `/Properties/Tags/0/Value`."""
    name: str
    kind: str
    """Add, Modify or Remove."""
    before: Any
    after: Any
    """UNKNOWN when it depends on something that is still to be made."""
    effect: Effect

    @property
    def is_certain(self) -> bool:
        """Whether the new value is known, and so surely another one."""
        return is_known(self.after)


def property_changes(
    resource_type: ResourceType, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[PropertyChange]:
    """Return every difference, in the order of the property's names, down to single values."""
    changes: list[PropertyChange] = []
    for name in sorted(before.keys() | after.keys()):
        declared = resource_type.properties.get(name)
        effect = declared.effect if declared else Effect.NONE
        places = _differences(f"/Properties/{name}", before.get(name, ABSENT), after.get(name, ABSENT))
        changes.extend(PropertyChange(path, name, _kind(old, new), old, new, effect) for path, old, new in places)
    return changes


def _kind(old: Any, new: Any) -> str:
    return "Add" if old is ABSENT else "Remove" if new is ABSENT else "Modify"


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _differences(f"{path}/{key}", old.get(key, ABSENT), new.get(key, ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            one = old[index] if index < len(old) else ABSENT
            other = new[index] if index < len(new) else ABSENT
            yield from _differences(f"{path}/{index}", one, other)
    elif new is UNKNOWN or old is UNKNOWN or old != new:
        yield path, old, new
