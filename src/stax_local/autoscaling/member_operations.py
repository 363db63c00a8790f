"""Operations about the machines of a group."""

from dataclasses import replace

from stax_local.autoscaling import steps
from stax_local.autoscaling.book import Answer, Asked, group_of, groups_of, member_of, page
from stax_local.autoscaling.loop import Loop
from stax_local.autoscaling.model import GROUP_TAG, LEAVING, Group, Member, Phase
from stax_local.autoscaling.requests import invalid
from stax_local.autoscaling.shapes import activity_shape, instance_shape
from stax_local.service import Caller


def _describe(book: Loop, caller: Caller, asked: Asked) -> Answer:
    wanted = asked.get("InstanceIds") or []
    found = [
        instance_shape(group, member)
        for group in groups_of(book, caller)
        for member in group.members.values()
        if not wanted or member.instance_id in wanted
    ]
    return page(found, asked, "AutoScalingInstances", most=50)


def _terminate(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, member = member_of(book, caller, asked["InstanceId"])
    if member.phase in LEAVING:
        return {"Activity": activity_shape(group, group.activities[member.activity_id])}
    before = group.desired
    if asked.get("ShouldDecrementDesiredCapacity"):
        _decrement(group, 1)
    activity = steps.begin_termination(group, member, _user_took(member, before, group.desired), book.clock())
    return {"Activity": activity_shape(group, activity)}


def _decrement(group: Group, count: int) -> None:
    if group.desired - count < group.min_size:
        raise invalid(
            f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement will "
            f"violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower "
            f"group's min size."
        )
    group.desired -= count


def _user_took(member: Member, before: int, after: int) -> str:
    shrinking = f", shrinking the capacity from {before} to {after}" if after != before else ""
    return f"instance {member.instance_id} was taken out of service in response to a user request{shrinking}."


def _set_health(book: Loop, caller: Caller, asked: Asked) -> Answer:
    if asked["HealthStatus"] not in {"Healthy", "Unhealthy"}:
        raise invalid("Valid instance health states are: [Healthy, Unhealthy]")
    group, member = member_of(book, caller, asked["InstanceId"])
    in_grace = member.in_service_at is None or book.clock() - member.in_service_at < group.grace_s
    if asked["HealthStatus"] == "Unhealthy" and in_grace and asked.get("ShouldRespectGracePeriod", True):
        return {}
    steps.mark(group, member, healthy=asked["HealthStatus"] == "Healthy")
    return {}


def _set_protection(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    for member in _members(group, asked["InstanceIds"]):
        group.members[member.instance_id] = replace(member, protected=bool(asked["ProtectedFromScaleIn"]))
    return {}


def _members(group: Group, instance_ids: list[str]) -> list[Member]:
    if unknown := [instance_id for instance_id in instance_ids if instance_id not in group.members]:
        raise invalid(f"The instance {unknown[0]} is not part of Auto Scaling group {group.name}.")
    return [group.members[instance_id] for instance_id in instance_ids]


def _attach(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group, instance_ids = group_of(book, caller, asked["AutoScalingGroupName"]), asked.get("InstanceIds") or []
    if group.desired + len(instance_ids) > group.max_size:
        raise invalid(
            f"The group {group.name} has no room for {len(instance_ids)} more: its maximum is {group.max_size}."
        )
    for instance_id in instance_ids:
        instance = book.world.instances.get(instance_id)
        if (
            instance is None
            or instance.state != "running"
            or any(instance_id in g.members for g in book.groups.values())
        ):
            raise invalid(f"Invalid Instance ID: {instance_id}: not running, or in a group already.")
    now = book.clock()
    for instance_id in instance_ids:
        instance = book.world.instances[instance_id]
        member = Member(instance_id, instance.availability_zone, instance.instance_type, "Pending", now)
        cause = (
            f"an instance was attached in response to a user request, increasing the capacity to {group.desired + 1}."
        )
        steps.note(group, f"Attaching an existing EC2 instance: {instance_id}", cause, now)
        group.members[instance_id] = replace(member, protected=group.protects_new)
        group.desired += 1
    _retag(book, group, instance_ids)
    return {}


def _retag(book: Loop, group: Group, instance_ids: list[str]) -> None:
    if instance_ids:
        ec2 = book.clients("ec2", group.region)
        ec2.create_tags(Resources=instance_ids, Tags=[{"Key": GROUP_TAG, "Value": group.name}])


def _detach(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    members = _members(group, asked.get("InstanceIds") or [])
    if asked["ShouldDecrementDesiredCapacity"]:
        _decrement(group, len(members))
    if members:
        # The tag goes first: a machine that carries it is taken up again.
        ids = [member.instance_id for member in members]
        book.clients("ec2", group.region).delete_tags(Resources=ids, Tags=[{"Key": GROUP_TAG}])
    activities = []
    for member in members:
        del group.members[member.instance_id]
        cause = f"instance {member.instance_id} was detached in response to a user request."
        activity = steps.note(group, f"Detaching EC2 instance: {member.instance_id}", cause, book.clock())
        activities.append(activity_shape(group, activity))
    return {"Activities": activities}


def _enter_standby(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    members = _members(group, asked.get("InstanceIds") or [])
    if wrong := [member for member in members if member.phase != "InService"]:
        raise invalid(f"The instance {wrong[0].instance_id} is not in InService.")
    if asked["ShouldDecrementDesiredCapacity"]:
        _decrement(group, len(members))
    return {"Activities": [_moved(book, group, member, "Standby", "to Standby") for member in members]}


def _exit_standby(book: Loop, caller: Caller, asked: Asked) -> Answer:
    group = group_of(book, caller, asked["AutoScalingGroupName"])
    members = _members(group, asked.get("InstanceIds") or [])
    if wrong := [member for member in members if member.phase != "Standby"]:
        raise invalid(f"The instance {wrong[0].instance_id} is not in Standby.")
    if group.desired + len(members) > group.max_size:
        raise invalid(f"The group {group.name} has no room: its maximum is {group.max_size}.")
    group.desired += len(members)
    return {"Activities": [_moved(book, group, member, "Pending", "out of Standby") for member in members]}


def _moved(book: Loop, group: Group, member: Member, phase: Phase, where: str) -> Answer:
    now = book.clock()
    group.members[member.instance_id] = replace(member, phase=phase)
    cause = f"instance {member.instance_id} was moved {where} in response to a user request."
    return activity_shape(group, steps.note(group, f"Moving EC2 instance {where}: {member.instance_id}", cause, now))


OPERATIONS = {
    "DescribeAutoScalingInstances": _describe,
    "TerminateInstanceInAutoScalingGroup": _terminate,
    "SetInstanceHealth": _set_health,
    "SetInstanceProtection": _set_protection,
    "AttachInstances": _attach,
    "DetachInstances": _detach,
    "EnterStandby": _enter_standby,
    "ExitStandby": _exit_standby,
}
