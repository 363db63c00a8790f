"""A plan as a change set shows it: resource by resource, with what changes, why, and what it does.

Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from stax_local.cloudformation.blueprint import Blueprint
from stax_local.cloudformation.differences import ABSENT, PropertyChange
from stax_local.cloudformation.expressions import UNKNOWN
from stax_local.cloudformation.journal import shown_properties
from stax_local.cloudformation.parameters import masked
from stax_local.cloudformation.planning import KNOWN_AFTER_APPLY, Planned, shown
from stax_local.cloudformation.records import Stack
from stax_local.cloudformation.references import references

VALUE_MEMBERS = ("BeforeValue", "AfterValue")
CONTEXT_MEMBERS = ("BeforeContext", "AfterContext")
"""Shown only to those who ask for IncludePropertyValues."""


def shown_changes(planned: list[Planned], blueprint: Blueprint, stack: Stack) -> list[dict[str, Any]]:
    """Return the Changes of a change set, property values included."""
    by_id = {each.logical_id: each for each in planned}
    changes = [{"Type": "Resource", "ResourceChange": _resource_change(p, blueprint, stack, by_id)} for p in planned]
    secrets = [*stack.target.parameters.values(), *blueprint.target.parameters.values()]
    hidden: list[dict[str, Any]] = masked(changes, secrets)
    return hidden


def without_values(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change as those see it who did not ask for property values."""
    resource = {key: value for key, value in change["ResourceChange"].items() if key not in CONTEXT_MEMBERS}
    resource["Details"] = [
        {**each, "Target": {key: value for key, value in each["Target"].items() if key not in VALUE_MEMBERS}}
        for each in resource["Details"]
    ]
    return {**change, "ResourceChange": resource}


def _resource_change(
    planned: Planned, blueprint: Blueprint, stack: Stack, all_planned: Mapping[str, Planned]
) -> dict[str, Any]:
    change: dict[str, Any] = {
        "Action": planned.action,
        "LogicalResourceId": planned.logical_id,
        "ResourceType": planned.type,
        "Scope": [],
        "Details": [],
    }
    if planned.record is not None:
        change["PhysicalResourceId"] = planned.record.physical_id
        change["BeforeContext"] = shown_properties({"Properties": planned.record.properties})
    if planned.action == "Modify":
        details = [*_property_details(planned, blueprint, stack, all_planned), *_other_details(planned)]
        attributes = [str(each["Target"]["Attribute"]) for each in details]
        change |= {"Replacement": planned.replacement, "Details": details, "Scope": list(dict.fromkeys(attributes))}
    if planned.action != "Remove":
        change["AfterContext"] = shown_properties({"Properties": shown(dict(planned.after))})
    if policy := _policy_action(planned):
        change["PolicyAction"] = policy
    return change


def _policy_action(planned: Planned) -> str:
    if planned.record is None:
        return ""
    if planned.action == "Remove":
        return "Delete" if planned.record.deletion_policy == "Delete" else "Retain"
    if planned.replacement == "True":
        return "ReplaceAndRetain" if planned.record.update_replace_policy == "Retain" else "ReplaceAndDelete"
    return ""


def _property_details(
    planned: Planned, blueprint: Blueprint, stack: Stack, all_planned: Mapping[str, Planned]
) -> Iterator[dict[str, Any]]:
    for change in planned.changes:
        for cause in _causes(planned.logical_id, change, blueprint, stack, all_planned):
            yield {"Target": _target(change), **cause}


def _target(change: PropertyChange) -> dict[str, str]:
    # A change set has tags as an attribute of their own, without a name.
    is_tag = change.name == "Tags"
    target = {
        "Attribute": "Tags" if is_tag else "Properties",
        "RequiresRecreation": change.effect.value,
        "Path": change.path,
        "AttributeChangeType": change.kind,
    }
    if not is_tag:
        target["Name"] = change.name
    if change.before is not ABSENT:
        target["BeforeValue"] = _value(change.before)
    if change.after is not ABSENT:
        target["AfterValue"] = _value(change.after)
    return target


def _value(value: Any) -> str:
    if value is UNKNOWN:
        return KNOWN_AFTER_APPLY
    if isinstance(value, bool):
        return str(value).lower()
    return shown_properties(shown(value)) if isinstance(value, dict | list) else str(value)


def _causes(
    logical_id: str, change: PropertyChange, blueprint: Blueprint, stack: Stack, all_planned: Mapping[str, Planned]
) -> list[dict[str, str]]:
    expression = blueprint.resources[logical_id].properties.get(change.name)
    before = stack.target.template.resources.get(logical_id)
    causes = []
    old, new = stack.target.parameters, blueprint.target.parameters
    for each in dict.fromkeys(references(expression, blueprint.conditions)):
        if each.name in new and (each.name not in old or old[each.name].value != new[each.name].value):
            causes.append({"Evaluation": "Static", "ChangeSource": "ParameterReference", "CausingEntity": each.name})
        elif each.name in all_planned and _gives_another(all_planned[each.name], each.attribute, blueprint):
            source = "ResourceAttribute" if each.attribute else "ResourceReference"
            entity = f"{each.name}.{each.attribute}" if each.attribute else each.name
            causes.append({"Evaluation": "Dynamic", "ChangeSource": source, "CausingEntity": entity})
    if not causes or before is None or before.properties.get(change.name) != expression:
        evaluation = "Static" if change.is_certain else "Dynamic"
        causes.append({"Evaluation": evaluation, "ChangeSource": "DirectModification"})
    return causes


def _gives_another(planned: Planned, attribute: str, blueprint: Blueprint) -> bool:
    """Say whether a reference to a planned resource will have another value."""
    remade = planned.action == "Add" or planned.replacement != "False"
    return remade or attribute in blueprint.types[planned.type].changing


def _other_details(planned: Planned) -> Iterator[dict[str, Any]]:
    static = {"Evaluation": "Static", "ChangeSource": "DirectModification"}
    for attribute in planned.other:
        yield {"Target": {"Attribute": attribute, "RequiresRecreation": "Never"}, **static}
    before, after = planned.tags_before, planned.tags_after
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) == after.get(key):
            continue
        kind = "Add" if key not in before else "Remove" if key not in after else "Modify"
        target = {"Attribute": "Tags", "RequiresRecreation": "Never", "Path": f"/Tags/{key}"}
        values = {"BeforeValue": before.get(key), "AfterValue": after.get(key)}
        target |= {name: value for name, value in values.items() if value is not None}
        yield {"Target": {**target, "AttributeChangeType": kind}, **static}
