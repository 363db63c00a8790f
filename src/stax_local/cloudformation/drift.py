"""How a resource as it is differs from what its template says.

Pure.  Only what the template sets is looked at, and only what can be read back.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stax_local.cloudformation.records import ResourceRecord
from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import TEXTS, ResourceType
from stax_local.cloudformation.work import Live

Difference = dict[str, str]


def compare(resource_type: ResourceType, record: ResourceRecord, live: Live) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the template says and what there is, over the same properties, lists without order sorted."""
    names = [
        name
        for name in record.properties
        if name in live.properties and not resource_type.properties[name].hidden and name != "Tags"
    ]
    expected = {name: _comparable(resource_type, name, record.properties[name]) for name in names}
    actual = {name: _comparable(resource_type, name, live.properties[name]) for name in names}
    if "Tags" in record.properties and "Tags" in live.properties and not _has_launch_tags(record):
        expected["Tags"] = _tags(tagging.merged(record.properties, record.tags))
        actual["Tags"] = _tags(tagging.merged(live.properties, _own(record.tags)))
    return expected, actual


def _has_launch_tags(record: ResourceRecord) -> bool:
    # An Auto Scaling group's tags say more than key and value.
    return record.type == "AWS::AutoScaling::AutoScalingGroup"


def _own(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in tags.items() if key.startswith("aws:")}


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items()) if not key.startswith("aws:")]


def _comparable(resource_type: ResourceType, name: str, value: Any) -> Any:
    declared = resource_type.properties[name].shape
    if isinstance(value, list) and declared == TEXTS:
        return sorted(value)
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[Difference]:
    """Yield every place where two values differ, as DescribeStackResourceDrifts shows it."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        # What a service fills in beside the members that the template names is no drift.
        for key in expected:
            yield from differences(expected[key], actual.get(key), f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        for index in range(max(len(expected), len(actual))):
            old = expected[index] if index < len(expected) else None
            new = actual[index] if index < len(actual) else None
            yield from differences(old, new, f"{path}/{index}")
    elif expected != actual:
        kind = "ADD" if expected is None else "REMOVE" if actual is None else "NOT_EQUAL"
        yield {
            "PropertyPath": path,
            "ExpectedValue": _text(expected),
            "ActualValue": _text(actual),
            "DifferenceType": kind,
        }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
