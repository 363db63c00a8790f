"""What an update would do: resource by resource, property by property, before anything is done.

Pure: a blueprint and the records give a plan; a resource that is yet to be made is UNKNOWN to those that refer to it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from stax_local.cloudformation.blueprint import Blueprint, Known
from stax_local.cloudformation.differences import PropertyChange, property_changes
from stax_local.cloudformation.expressions import UNKNOWN, is_known
from stax_local.cloudformation.records import ResourceRecord, Stack, Target
from stax_local.cloudformation.references import ordered
from stax_local.cloudformation.shapes import Effect, Misfit, ResourceType


@dataclass(frozen=True)
class Planned:
    """One resource that would be added, changed or removed."""

    logical_id: str
    action: str
    """Add, Modify or Remove."""
    type: str
    record: ResourceRecord | None = None
    changes: list[PropertyChange] = field(default_factory=list)
    tags_before: Mapping[str, str] = field(default_factory=dict)
    tags_after: Mapping[str, str] = field(default_factory=dict)
    other: tuple[str, ...] = ()
    """What else of the resource changes: its Metadata and its policies."""
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def replacement(self) -> str:
        """A change set's word: True, False or Conditional."""
        replacing = [each for each in self.changes if each.effect is Effect.REPLACES]
        if any(each.is_certain for each in replacing):
            return "True"
        return "Conditional" if replacing else "False"

    @property
    def touches_resource(self) -> bool:
        """Whether the physical resource is touched, and not only what is said about it."""
        return self.action != "Modify" or bool(self.changes) or self.tags_before != self.tags_after


def plan(blueprint: Blueprint, stack: Stack) -> list[Planned]:
    """Return what bringing the stack to the blueprint would do; what stays as it is is left out."""
    planned: dict[str, Planned] = {}
    records = {n: each for n, each in stack.resources.items() if each.status != "DELETE_COMPLETE"}
    known = _Prospect(blueprint.types, records, planned)
    for logical_id in ordered(blueprint.dependencies):
        each = _planned(blueprint, stack, logical_id, records.get(logical_id), known.view)
        if each is not None:
            planned[logical_id] = each
    removed = [Planned(n, "Remove", each.type, each) for n, each in records.items() if n not in blueprint.resources]
    return [*planned.values(), *removed]


class _Prospect:
    """The resources as those that refer to them may know them beforehand."""

    def __init__(
        self, types: Mapping[str, ResourceType], records: Mapping[str, ResourceRecord], planned: Mapping[str, Planned]
    ) -> None:
        self._types, self._records, self._planned = types, records, planned
        self.view = Known(self._physical_id, self._attribute)

    def _physical_id(self, logical_id: str) -> Any:
        change = self._planned.get(logical_id)
        if logical_id not in self._records or (change and change.replacement != "False"):
            return UNKNOWN
        return self._records[logical_id].physical_id or UNKNOWN

    def _attribute(self, logical_id: str, name: str) -> Any:
        if self._physical_id(logical_id) is UNKNOWN:
            return UNKNOWN
        record, change = self._records[logical_id], self._planned.get(logical_id)
        if change and change.changes and name in self._types[record.type].changing:
            return UNKNOWN
        return record.attributes.get(name, UNKNOWN)


def _planned(
    blueprint: Blueprint, stack: Stack, logical_id: str, record: ResourceRecord | None, known: Known
) -> Planned | None:
    declared = blueprint.resources[logical_id]
    resource_type = blueprint.types[declared.type]
    properties = blueprint.properties(logical_id, known)
    with suppress(Misfit):  # said by Blueprint.check, or when it is made
        properties = dict(resource_type.coerced(properties))
    if record is None:
        return Planned(logical_id, "Add", declared.type, after=properties)
    tags_before = {k: v for k, v in record.tags.items() if not k.startswith("aws:")}
    planned = Planned(
        logical_id,
        "Modify",
        declared.type,
        record,
        property_changes(resource_type, record.properties, properties),
        tags_before,
        dict(blueprint.target.tags) if resource_type.takes_tags else {},
        _other_changes(blueprint, stack, logical_id),
        properties,
    )
    return planned if planned.touches_resource or planned.other or not record.made else None


def _other_changes(blueprint: Blueprint, stack: Stack, logical_id: str) -> tuple[str, ...]:
    new = blueprint.resources[logical_id]
    old = stack.target.template.resources.get(logical_id)
    if old is None:
        return ()
    pairs = {
        "Metadata": (old.metadata, new.metadata),
        "DeletionPolicy": (old.deletion_policy, new.deletion_policy),
        "UpdateReplacePolicy": (old.update_replace_policy, new.update_replace_policy),
        "CreationPolicy": (old.creation_policy, new.creation_policy),
        "UpdatePolicy": (old.update_policy, new.update_policy),
    }
    return tuple(name for name, (before, after) in pairs.items() if before != after)


def is_change(stack: Stack, target: Target, planned: list[Planned]) -> bool:
    """Say whether an update has anything to do; as on AWS, a new description alone is nothing."""
    if planned or dict(stack.target.tags) != dict(target.tags):
        return True
    section = stack.target.template.section
    if section("Outputs") != target.template.section("Outputs"):
        return True
    # A parameter or a mapping may change what an output says without touching a resource.
    return bool(target.template.section("Outputs")) and _values(stack.target) != _values(target)


def _values(target: Target) -> Any:
    template = target.template
    used = {name: each.value for name, each in target.parameters.items()}
    return used, template.section("Mappings"), template.section("Conditions")


def shown(value: Any) -> Any:
    """Return a value for a change set: what is not known yet says so."""
    if isinstance(value, dict):
        return {key: shown(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shown(each) for each in value]
    return value if is_known(value) else KNOWN_AFTER_APPLY


KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""CloudFormation's own word for a value that only the execution will tell."""
