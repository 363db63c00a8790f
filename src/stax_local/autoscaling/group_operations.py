"""Operations about whole groups."""

from stax_local.autoscaling import requests
from stax_local.autoscaling.book import Answer, Asked, group_of, groups_of, page
from stax_local.autoscaling.loop import Loop
from stax_local.autoscaling.model import Group
from stax_local.autoscaling.requests import invalid
from stax_local.autoscaling.shapes import activity_shape, group_shape, tag_shapes
from stax_local.service import Caller, ServiceError

PROCESSES = (
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
)
"""https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html"""


def _create(book: Loop, caller: Caller, asked: Asked) -> Answer:
    key = (caller.region, asked["AutoScalingGroupName"])
    if key in book.groups:
        raise ServiceError(
            "AlreadyExists",
            f"AutoScalingGroup by this name already exists - A group with the name {key[1]} already exists",
        )
    book.groups[key] = requests.new_group(caller, asked, book.world, book.clients, book.clock())
    return {}


def _update(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    _refuse_deleting(group)
    requests.change(group, asked, book.world, book.clients)
    return {}


def _delete(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    if group.members and not asked.get("ForceDelete"):
        raise ServiceError(
            "ResourceInUse", "You cannot delete an AutoScalingGroup while there are instances still in the group."
        )
    group.min_size = group.max_size = group.desired = 0
    group.deleting = True
    if not group.members:
        del book.groups[caller.region, group.name]
    return {}


def _set_desired_capacity(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, wanted = group_of(book, caller, asked["AutoScalingGroupName"]), int(asked["DesiredCapacity"])
    _refuse_deleting(group)
    if wanted > group.max_size:
        raise invalid(
            f"New SetDesiredCapacity value {wanted} is above max value {group.max_size} for the AutoScalingGroup."
        )
    if wanted < group.min_size:
        raise invalid(
            f"New SetDesiredCapacity value {wanted} is below min value {group.min_size} for the AutoScalingGroup."
        )
    if asked.get("HonorCooldown") and book.clock() < group.scaled_at + group.cooldown_s:
        raise ServiceError(
            "ScalingActivityInProgress", "The group is in its cooldown period, which blocks this action."
        )
    group.desired, group.retry_at = wanted, 0.0
    return {}


def _refuse_deleting(group: Group) -> None:
    if group.deleting:
        raise ServiceError(
            "ScalingActivityInProgress", "You cannot perform this action on a group that is being deleted."
        )


def _describe(book: Loop, caller: Caller, asked: Asked) -> Answer:
    names = asked.get("AutoScalingGroupNames") or []
    found = [group for group in groups_of(book, caller) if not names or group.name in names or group.arn in names]
    for condition in asked.get("Filters") or []:
        found = [group for group in found if _passes(group, condition["Name"], condition.get("Values") or [])]
    return page([group_shape(group) for group in found], asked, "AutoScalingGroups")


def _passes(group: Group, name: str, values: list[str]) -> bool:
    if name == "tag-key":
        return any(key in values for key in group.tags)
    if name == "tag-value":
        return any(tag.value in values for tag in group.tags.values())
    if name.startswith("tag:"):
        tag = group.tags.get(name.removeprefix("tag:"))
        return tag is not None and tag.value in values
    raise invalid(f"Filter type {name} is not correct. Allowed Filter types are: tag-key, tag-value, tag:<key>")


def _describe_activities(book: Loop, caller: Caller, asked: Asked) -> Answer:
    name, wanted = asked.get("AutoScalingGroupName"), asked.get("ActivityIds") or []
    groups = [group_of(book, caller, name)] if name else list(groups_of(book, caller))
    found = [
        (activity.started_at, number, activity_shape(group, activity))
        for group in groups
        for number, activity in enumerate(group.activities.values())
        if not wanted or activity.id in wanted
    ]
    found.sort(key=lambda one: one[:2], reverse=True)
    return page([shape for _, _, shape in found], asked, "Activities")


def _suspend(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, processes = group_of(book, caller, asked["AutoScalingGroupName"]), _processes(asked)
    when = book.clock()
    group.suspended |= dict.fromkeys(processes, f"User suspended at {when:.0f}")
    return {}


def _resume(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    for process in _processes(asked):
        group.suspended.pop(process, None)
    return {}


def _processes(asked: Asked) -> list[str]:
    processes = list(asked.get("ScalingProcesses") or PROCESSES)
    if unknown := [process for process in processes if process not in PROCESSES]:
        raise invalid(f"Unknown process type: {', '.join(unknown)}")
    return processes


def _tag(book: Loop, caller: Caller, asked: Asked) -> Answer:
    for tag in asked["Tags"]:
        group_of(book, caller, tag["ResourceId"])
    for tag in asked["Tags"]:
        group_of(book, caller, tag["ResourceId"]).tags[tag["Key"]] = requests.tag_of(tag)
    return {}


def _untag(book: Loop, caller: Caller, asked: Asked) -> Answer:
    for tag in asked["Tags"]:
        group_of(book, caller, tag["ResourceId"]).tags.pop(tag["Key"], None)
    return {}


def _describe_tags(book: Loop, caller: Caller, asked: Asked) -> Answer:
    found = [shape for group in groups_of(book, caller) for shape in tag_shapes(group)]
    members = {
        "auto-scaling-group": "ResourceId",
        "key": "Key",
        "value": "Value",
        "propagate-at-launch": "PropagateAtLaunch",
    }
    for condition in asked.get("Filters") or []:
        member, values = members.get(condition["Name"]), condition.get("Values") or []
        if member is None:
            raise invalid(
                f"Filter type {condition['Name']} is not correct. Allowed Filter types are: {', '.join(members)}"
            )
        found = [shape for shape in found if str(shape[member]).lower() in {value.lower() for value in values}]
    return page(found, asked, "Tags")


OPERATIONS = {
    "CreateAutoScalingGroup": _create,
    "UpdateAutoScalingGroup": _update,
    "DeleteAutoScalingGroup": _delete,
    "SetDesiredCapacity": _set_desired_capacity,
    "DescribeAutoScalingGroups": _describe,
    "DescribeScalingActivities": _describe_activities,
    "SuspendProcesses": _suspend,
    "ResumeProcesses": _resume,
    "CreateOrUpdateTags": _tag,
    "DeleteTags": _untag,
    "DescribeTags": _describe_tags,
}
