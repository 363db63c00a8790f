"""From a group to the API's words: the answers' shapes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from stax_local.autoscaling.model import Activity, Group, Hook, Member, Policy

Shape = dict[str, Any]


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def group_shape(group: Group) -> Shape:
    """As in DescribeAutoScalingGroups."""
    shape: Shape = {
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "LaunchTemplate": dict(group.launch_template),
        "MinSize": group.min_size,
        "MaxSize": group.max_size,
        "DesiredCapacity": group.desired,
        "DefaultCooldown": group.cooldown_s,
        "AvailabilityZones": sorted({zone for _, zone in group.subnets}),
        "LoadBalancerNames": [],
        "TargetGroupARNs": [],
        "HealthCheckType": group.health_check_type,
        "HealthCheckGracePeriod": group.grace_s,
        "Instances": [member_shape(member) for member in group.members.values()],
        "CreatedTime": _time(group.created_at),
        "SuspendedProcesses": [
            {"ProcessName": process, "SuspensionReason": why} for process, why in sorted(group.suspended.items())
        ],
        "VPCZoneIdentifier": ",".join(subnet_id for subnet_id, _ in group.subnets),
        "EnabledMetrics": [{"Metric": metric, "Granularity": "1Minute"} for metric in group.metrics],
        "Tags": list(tag_shapes(group)),
        "TerminationPolicies": list(group.termination_policies),
        "NewInstancesProtectedFromScaleIn": group.protects_new,
        "ServiceLinkedRoleARN": group.service_linked_role_arn,
        "CapacityRebalance": False,
        "TrafficSources": [],
    }
    if group.warmup_s is not None:
        shape["DefaultInstanceWarmup"] = group.warmup_s
    if group.deleting:
        shape["Status"] = "Delete in progress"
    return shape


def member_shape(member: Member) -> Shape:
    """As in DescribeAutoScalingGroups' Instances."""
    return {
        "InstanceId": member.instance_id,
        "InstanceType": member.instance_type,
        "AvailabilityZone": member.availability_zone,
        "LifecycleState": member.phase,
        "HealthStatus": "Healthy" if member.healthy else "Unhealthy",
        "LaunchTemplate": dict(member.launch_template),
        "ProtectedFromScaleIn": member.protected,
    }


def instance_shape(group: Group, member: Member) -> Shape:
    """As in DescribeAutoScalingInstances, which spells health in capitals."""
    health = "HEALTHY" if member.healthy else "UNHEALTHY"
    return {**member_shape(member), "AutoScalingGroupName": group.name, "HealthStatus": health}


def activity_shape(group: Group, activity: Activity) -> Shape:
    """As in DescribeScalingActivities."""
    shape: Shape = {
        "ActivityId": activity.id,
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": _time(activity.started_at),
        "StatusCode": activity.status,
        "Progress": activity.progress,
        "Details": activity.details,
    }
    if activity.message:
        shape["StatusMessage"] = activity.message
    if activity.ended_at is not None:
        shape["EndTime"] = _time(activity.ended_at)
    return shape


def hook_shape(group: Group, hook: Hook) -> Shape:
    """As in DescribeLifecycleHooks."""
    shape: Shape = {
        "LifecycleHookName": hook.name,
        "AutoScalingGroupName": group.name,
        "LifecycleTransition": hook.transition,
        "HeartbeatTimeout": hook.heartbeat_timeout_s,
        "GlobalTimeout": hook.global_timeout_s,
        "DefaultResult": hook.default_result,
    }
    if hook.role_arn:
        shape["RoleARN"] = hook.role_arn
    if hook.notification_metadata:
        shape["NotificationMetadata"] = hook.notification_metadata
    return shape


def policy_arn(group: Group, policy: Policy) -> str:
    """The policy's Amazon Resource Name."""
    return (
        f"arn:aws:autoscaling:{group.region}:{group.account_id}:scalingPolicy:{policy.id}"
        f":autoScalingGroupName/{group.name}:policyName/{policy.name}"
    )


def policy_shape(group: Group, policy: Policy) -> Shape:
    """As in DescribePolicies."""
    return {
        **policy.configuration,
        "AutoScalingGroupName": group.name,
        "PolicyName": policy.name,
        "PolicyARN": policy_arn(group, policy),
        "PolicyType": policy.type,
        "Alarms": [],
    }


def tag_shapes(group: Group) -> Iterator[Shape]:
    """As in DescribeTags."""
    for key, tag in group.tags.items():
        yield {
            "ResourceId": group.name,
            "ResourceType": "auto-scaling-group",
            "Key": key,
            "Value": tag.value,
            "PropagateAtLaunch": tag.propagates,
        }
