"""The Auto Scaling groups of a stax, found by the tag stax:name, with what they did last."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from stax.aws.session import Aws
from stax.model.scaling import GroupMember, ScalingActivity, ScalingGroup, ScalingPolicy

ACTIVITIES = 10
"""The last ones: enough to see why the group has the size it has."""

Described = Mapping[str, Any]


def scaling_groups(aws: Aws, stax_name: str) -> list[ScalingGroup]:
    """Return the groups with their members, policies and last activities, sorted by name."""
    filters = [{"Name": "tag:stax:name", "Values": [stax_name]}]
    found = aws.pages("autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups", Filters=filters)
    return sorted((_group(aws, one) for one in found), key=lambda group: group.name)


def _group(aws: Aws, one: Described) -> ScalingGroup:
    name = one["AutoScalingGroupName"]
    members = tuple(_member(instance) for instance in one.get("Instances", ()))
    template = one.get("LaunchTemplate", {})
    return ScalingGroup(
        name=name,
        smallest=one["MinSize"],
        largest=one["MaxSize"],
        desired=one["DesiredCapacity"],
        in_service=sum(member.lifecycle_state == "InService" for member in members),
        zones=tuple(sorted(one.get("AvailabilityZones", ()))),
        launch_template=template.get("LaunchTemplateName") or template.get("LaunchTemplateId") or "",
        launch_template_version=str(template.get("Version", "")),
        status=one.get("Status") or "",
        suspended_processes=tuple(sorted(process["ProcessName"] for process in one.get("SuspendedProcesses", ()))),
        members=tuple(sorted(members, key=lambda member: (member.zone, member.instance_id))),
        policies=tuple(_policies(aws, name)),
        activities=tuple(_activities(aws, name)),
    )


def _member(one: Described) -> GroupMember:
    return GroupMember(
        instance_id=one["InstanceId"],
        zone=one.get("AvailabilityZone", ""),
        lifecycle_state=one["LifecycleState"],
        health=one.get("HealthStatus", ""),
        instance_type=one.get("InstanceType", ""),
        launch_template_version=str(one.get("LaunchTemplate", {}).get("Version", "")),
        protected_from_scale_in=bool(one.get("ProtectedFromScaleIn")),
    )


def _policies(aws: Aws, group_name: str) -> Iterator[ScalingPolicy]:
    for one in aws.pages("autoscaling", "DescribePolicies", "ScalingPolicies", AutoScalingGroupName=group_name):
        tracking = one.get("TargetTrackingConfiguration", {})
        yield ScalingPolicy(
            name=one["PolicyName"],
            policy_type=one.get("PolicyType", ""),
            metric=_metric(tracking),
            target=tracking.get("TargetValue"),
            warmup_s=one.get("EstimatedInstanceWarmup"),
            enabled=bool(one.get("Enabled", True)),
        )


def _metric(tracking: Described) -> str:
    predefined = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    return str(predefined or tracking.get("CustomizedMetricSpecification", {}).get("MetricName") or "")


def _activities(aws: Aws, group_name: str) -> Iterable[ScalingActivity]:
    found = aws.pages("autoscaling", "DescribeScalingActivities", "Activities", AutoScalingGroupName=group_name)
    # AWS tells the newest first, and keeps six weeks of them.
    return map(_activity, islice(found, ACTIVITIES))


def _activity(one: Described) -> ScalingActivity:
    return ScalingActivity(
        began_at=one["StartTime"],
        ended_at=one.get("EndTime"),
        status=one.get("StatusCode", ""),
        description=one.get("Description", ""),
        cause=one.get("Cause", ""),
        progress_percent=one.get("Progress"),
    )
