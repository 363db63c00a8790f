"""Alarms."""

from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import (
    FLAG,
    NUMBER,
    TAGS,
    TEXT,
    TEXTS,
    WHOLE,
    ListOf,
    ResourceType,
    Shape,
    replaces,
    structure,
    updates,
)  # fmt: skip
from stax_local.cloudformation.work import Change, Live, Properties, ResourceFailure, Work, chosen

_IN_PLACE: Mapping[str, Shape] = {
    "ActionsEnabled": FLAG,
    "AlarmActions": TEXTS,
    "AlarmDescription": TEXT,
    "ComparisonOperator": TEXT,
    "DatapointsToAlarm": WHOLE,
    "Dimensions": ListOf(structure("Name", "Value", Name=TEXT, Value=TEXT)),
    "EvaluationPeriods": WHOLE,
    "ExtendedStatistic": TEXT,
    "InsufficientDataActions": TEXTS,
    "MetricName": TEXT,
    "Namespace": TEXT,
    "OKActions": TEXTS,
    "Period": WHOLE,
    "Statistic": TEXT,
    "Threshold": NUMBER,
    "TreatMissingData": TEXT,
    "Unit": TEXT,
}


def _name(work: Work, properties: Properties) -> str:
    return str(properties.get("AlarmName") or work.name())


def _alarm(work: Work, name: str) -> Mapping[str, Any] | None:
    found = work.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found[0] if found else None


def _tags(work: Work, alarm: Mapping[str, Any]) -> list[dict[str, str]]:
    return list(work.client("cloudwatch").list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"])


def _left(work: Work, properties: Properties) -> list[str]:
    name = _name(work, properties)
    alarm = _alarm(work, name)
    return [name] if alarm and tagging.is_own(work, _tags(work, alarm)) else []


def _create(work: Work, properties: Properties) -> str:
    name = _name(work, properties)
    if "AlarmName" in properties and _alarm(work, name):
        # CloudWatch would take the call for a change of somebody else's alarm.
        raise ResourceFailure(f"{name} already exists")
    work.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        **chosen(properties, *_IN_PLACE),
        Tags=tagging.as_list(tagging.merged(properties, work.tags)),
    )
    work.made(name)
    return name


def _read(work: Work, name: str, properties: Properties) -> Live | None:
    alarm = _alarm(work, name)
    if alarm is None:
        return None
    live = {
        "AlarmName": name,
        **chosen(alarm, *(each for each in properties if each in _IN_PLACE)),
        "Tags": tagging.own(_tags(work, alarm)),
    }
    return Live(live, {"Arn": alarm["AlarmArn"]})


def _update(work: Work, change: Change) -> None:
    cloudwatch = work.client("cloudwatch")
    if change.touches(*_IN_PLACE):
        cloudwatch.put_metric_alarm(AlarmName=change.physical_id, **chosen(change.after, *_IN_PLACE))
    changed, gone = tagging.differing(change)
    arn = f"arn:aws:cloudwatch:{work.region}:{work.account_id}:alarm:{change.physical_id}"
    if changed:
        cloudwatch.tag_resource(ResourceARN=arn, Tags=tagging.as_list(changed))
    if gone:
        cloudwatch.untag_resource(ResourceARN=arn, TagKeys=gone)


def _delete(work: Work, name: str, _properties: Properties) -> None:
    work.client("cloudwatch").delete_alarms(AlarmNames=[name])


ALARM = ResourceType(
    "AWS::CloudWatch::Alarm",
    {
        "AlarmName": replaces(),
        **{name: updates(shape) for name, shape in _IN_PLACE.items()},
        "Tags": updates(TAGS),
    },
    _create,
    _read,
    _delete,
    _update,
    _left,
    frozenset({"Arn"}),
)

TYPES = (ALARM,)
