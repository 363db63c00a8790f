"""Auto Scaling groups, with rolling updates, and what hangs on them: scaling policies and lifecycle hooks."""

from collections.abc import Iterable, Mapping
from typing import Any

from stax_local.cloudformation.policies import await_signals, seconds_of
from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.resources.ec2_instance import find_instance
from stax_local.cloudformation.shapes import (
    FLAG,
    TEXT,
    TEXTS,
    WHOLE,
    ListOf,
    ResourceType,
    replaces,
    structure,
    updates,
)  # fmt: skip
from stax_local.cloudformation.work import (
    RUNNING_PATIENCE_S,
    Change,
    Live,
    Properties,
    ResourceFailure,
    Work,
    chosen,
)  # fmt: skip

_TEMPLATE = structure("Version", LaunchTemplateId=TEXT, LaunchTemplateName=TEXT, Version=TEXT)
_TAGS = ListOf(structure("Key", "Value", "PropagateAtLaunch", Key=TEXT, Value=TEXT, PropagateAtLaunch=FLAG))
_HOOKS = ListOf(
    structure(
        "LifecycleHookName", "LifecycleTransition", DefaultResult=TEXT, HeartbeatTimeout=WHOLE, LifecycleHookName=TEXT,
        LifecycleTransition=TEXT, NotificationMetadata=TEXT, NotificationTargetARN=TEXT, RoleARN=TEXT,
    )
)  # fmt: skip
_COUNTS = ("MinSize", "MaxSize", "DesiredCapacity")
_AS_GIVEN = (
    "LaunchTemplate", "HealthCheckType", "HealthCheckGracePeriod", "TerminationPolicies", "CapacityRebalance",
    "NewInstancesProtectedFromScaleIn", "MaxInstanceLifetime", "DefaultInstanceWarmup", "AvailabilityZones",
    "InstanceMaintenancePolicy",
)  # fmt: skip


def _arguments(properties: Properties) -> dict[str, Any]:
    arguments = chosen(properties, *_AS_GIVEN)
    arguments |= {name: int(properties[name]) for name in _COUNTS if name in properties}
    if "Cooldown" in properties:
        arguments["DefaultCooldown"] = int(properties["Cooldown"])
    if "VPCZoneIdentifier" in properties:
        arguments["VPCZoneIdentifier"] = ",".join(properties["VPCZoneIdentifier"])
    return arguments


def _tags(group: str, properties: Properties, stack_tags: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the group's tags by key: the stack's reach its instances as well."""
    tags = {key: {"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in stack_tags.items()}
    tags |= {each["Key"]: dict(each) for each in properties.get("Tags", [])}
    return {key: {**each, "ResourceId": group, "ResourceType": "auto-scaling-group"} for key, each in tags.items()}


def _group_name(work: Work, properties: Properties) -> str:
    return str(properties.get("AutoScalingGroupName") or work.name())


def _create_group(work: Work, properties: Properties) -> str:
    name = _group_name(work, properties)
    work.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        **_arguments(properties),
        **chosen(properties, "LifecycleHookSpecificationList"),
        Tags=list(_tags(name, properties, work.tags).values()),
    )
    work.made(name)
    _set_metrics(work, name, properties)
    return name


def _set_metrics(work: Work, name: str, properties: Properties) -> None:
    for each in properties.get("MetricsCollection", []):
        work.client("autoscaling").enable_metrics_collection(AutoScalingGroupName=name, **each)


def _group(work: Work, name: str) -> dict[str, Any] | None:
    found = work.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return found[0] if found else None


def _group_left(work: Work, properties: Properties) -> list[str]:
    name = _group_name(work, properties)
    group = _group(work, name)
    return [name] if group and tagging.is_own(work, group.get("Tags", [])) else []


def _read_group(work: Work, name: str, properties: Properties) -> Live | None:
    group = _group(work, name)
    if group is None:
        return None
    live = chosen(group, "HealthCheckType", "HealthCheckGracePeriod", "TerminationPolicies", "AvailabilityZones")
    live |= {count: str(group[count]) for count in ("MinSize", "MaxSize")}
    live |= {
        "AutoScalingGroupName": name,
        "Cooldown": str(group["DefaultCooldown"]),
        "VPCZoneIdentifier": [each for each in group.get("VPCZoneIdentifier", "").split(",") if each],
        "Tags": [
            chosen(each, "Key", "Value", "PropagateAtLaunch")
            for each in group.get("Tags", [])
            if not each["Key"].startswith("aws:")
        ],
    }
    if "LaunchTemplate" in group:
        live["LaunchTemplate"] = chosen(group["LaunchTemplate"], *properties.get("LaunchTemplate", {}))
    return Live(live, {"AutoScalingGroupARN": group["AutoScalingGroupARN"]})


def _delete_group(work: Work, name: str, _properties: Properties) -> None:
    group = _group(work, name)
    if group is None:
        return
    autoscaling = work.client("autoscaling")
    # Down to nothing first, as CloudFormation does, so that no instance is started in between.
    autoscaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, MaxSize=0, DesiredCapacity=0)
    work.retry_while_used(lambda: autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True))
    instances = [each["InstanceId"] for each in group["Instances"]]
    _await_terminated(work, instances)
    work.wait_until(lambda: _group(work, name) is None, patience_s=RUNNING_PATIENCE_S, what=f"{name} to be deleted")


def _await_terminated(work: Work, instance_ids: Iterable[str]) -> None:
    def is_terminated(instance_id: str) -> bool:
        instance = find_instance(work, instance_id)
        return instance is None or instance["State"]["Name"] == "terminated"

    for each in instance_ids:
        work.wait_until(
            lambda one=each: is_terminated(one),  # type: ignore[misc]
            patience_s=RUNNING_PATIENCE_S,
            what=f"instance {each} to be terminated",
        )


def _update_group(work: Work, change: Change) -> None:
    autoscaling, name = work.client("autoscaling"), change.physical_id
    before, after = _arguments(change.before), _arguments(change.after)
    if wanted := {key: value for key, value in after.items() if before.get(key) != value}:
        autoscaling.update_auto_scaling_group(AutoScalingGroupName=name, **wanted)
    _update_tags(work, change)
    _update_hooks(work, change)
    if change.touches("MetricsCollection"):
        autoscaling.disable_metrics_collection(AutoScalingGroupName=name)
        _set_metrics(work, name, change.after)
    rolling = change.policy.get("AutoScalingRollingUpdate")
    if rolling is not None and change.touches("LaunchTemplate", "VPCZoneIdentifier", "AvailabilityZones"):
        _roll(work, name, rolling)


def _update_tags(work: Work, change: Change) -> None:
    autoscaling, name = work.client("autoscaling"), change.physical_id
    before, after = _tags(name, change.before, change.tags_before), _tags(name, change.after, change.tags_after)
    changed = [each for key, each in after.items() if before.get(key) != each and not key.startswith("aws:")]
    gone = [chosen(each, "Key", "ResourceId", "ResourceType") for key, each in before.items() if key not in after]
    if changed:
        autoscaling.create_or_update_tags(Tags=changed)
    if gone:
        autoscaling.delete_tags(Tags=gone)


def _update_hooks(work: Work, change: Change) -> None:
    autoscaling = work.client("autoscaling")
    old, new = (
        {each["LifecycleHookName"]: each for each in side.get("LifecycleHookSpecificationList", [])}
        for side in (change.before, change.after)
    )
    for name, hook in new.items():
        if old.get(name) != hook:
            autoscaling.put_lifecycle_hook(AutoScalingGroupName=change.physical_id, **hook)
    for name in old.keys() - new.keys():
        autoscaling.delete_lifecycle_hook(AutoScalingGroupName=change.physical_id, LifecycleHookName=name)


def _roll(work: Work, name: str, rolling: Mapping[str, Any]) -> None:
    """Replace the group's instances batch by batch; each batch is in service (or has signalled) before the next."""
    autoscaling = work.client("autoscaling")
    suspended = list(rolling.get("SuspendProcesses", []))
    group = _group(work, name) or {"Instances": [], "MaxSize": 0}
    old = [each["InstanceId"] for each in group["Instances"] if _is_outdated(each, group)]
    if old and int(rolling.get("MinInstancesInService", 0)) >= group["MaxSize"]:
        raise ResourceFailure("MinInstancesInService must be less than the autoscaling group's MaxSize")
    batch = max(1, int(rolling.get("MaxBatchSize", 1)))
    if suspended:
        autoscaling.suspend_processes(AutoScalingGroupName=name, ScalingProcesses=suspended)
    try:
        for begin in range(0, len(old), batch):
            _replace_batch(work, name, old[begin : begin + batch], rolling)
    finally:
        if suspended:
            autoscaling.resume_processes(AutoScalingGroupName=name, ScalingProcesses=suspended)


def _is_outdated(instance: Mapping[str, Any], group: Mapping[str, Any]) -> bool:
    """Say whether an instance is of another template or in another zone than the group now wants."""
    return bool(
        instance.get("LaunchTemplate") != group.get("LaunchTemplate")
        or instance["AvailabilityZone"] not in group["AvailabilityZones"]
    )


def _replace_batch(work: Work, name: str, batch: list[str], rolling: Mapping[str, Any]) -> None:
    autoscaling = work.client("autoscaling")
    group = _group(work, name) or {"DesiredCapacity": 0}
    signals_before = len(work.signals(work.logical_id))
    for instance_id in batch:
        autoscaling.terminate_instance_in_auto_scaling_group(
            InstanceId=instance_id, ShouldDecrementDesiredCapacity=False
        )
    _await_terminated(work, batch)
    wanted = int(group["DesiredCapacity"])
    work.wait_until(
        lambda: _in_service(work, name) >= wanted,
        patience_s=RUNNING_PATIENCE_S,
        what=f"{wanted} instances of {name} to be in service",
    )
    pause_s = seconds_of(str(rolling.get("PauseTime", "PT0S")))
    if str(rolling.get("WaitOnResourceSignals", "false")).lower() == "true":
        await_signals(work, work.logical_id, count=signals_before + len(batch), timeout_s=pause_s or 300)
    elif pause_s:
        work.pause(pause_s)


def _in_service(work: Work, name: str) -> int:
    instances = (_group(work, name) or {"Instances": []})["Instances"]
    return sum(each["LifecycleState"] == "InService" for each in instances)


GROUP = ResourceType(
    "AWS::AutoScaling::AutoScalingGroup",
    {
        "AutoScalingGroupName": replaces(),
        "AvailabilityZones": updates(TEXTS),
        "CapacityRebalance": updates(FLAG, hidden=True),
        "Cooldown": updates(),
        "DefaultInstanceWarmup": updates(WHOLE, hidden=True),
        "DesiredCapacity": updates(hidden=True),
        "HealthCheckGracePeriod": updates(WHOLE),
        "HealthCheckType": updates(),
        "InstanceMaintenancePolicy": updates(
            structure(MaxHealthyPercentage=WHOLE, MinHealthyPercentage=WHOLE), hidden=True
        ),
        "LaunchTemplate": updates(_TEMPLATE),
        "LifecycleHookSpecificationList": updates(_HOOKS, hidden=True),
        "MaxInstanceLifetime": updates(WHOLE, hidden=True),
        "MaxSize": updates(required=True),
        "MetricsCollection": updates(ListOf(structure("Granularity", Granularity=TEXT, Metrics=TEXTS)), hidden=True),
        "MinSize": updates(required=True),
        "NewInstancesProtectedFromScaleIn": updates(FLAG, hidden=True),
        "Tags": updates(_TAGS),
        "TerminationPolicies": updates(TEXTS),
        "VPCZoneIdentifier": updates(TEXTS),
    },
    _create_group,
    _read_group,
    _delete_group,
    _update_group,
    _group_left,
    frozenset({"AutoScalingGroupARN"}),
)

TYPES = (GROUP,)
