from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from stax.aws.autoscaling import ACTIVITIES, scaling_groups
from stax.aws.session import Aws

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
GROUP = {
    "AutoScalingGroupName": "demo-docker",
    "MinSize": 2,
    "MaxSize": 9,
    "DesiredCapacity": 3,
    "AvailabilityZones": ["eu-west-1b", "eu-west-1a"],
    "LaunchTemplate": {"LaunchTemplateName": "lt", "Version": "2"},
    "Instances": [
        {"InstanceId": "i-1", "AvailabilityZone": "eu-west-1a", "LifecycleState": "InService"},
        {"InstanceId": "i-2", "AvailabilityZone": "eu-west-1b", "LifecycleState": "Pending"},
    ],
}
POLICY = {
    "PolicyName": "p",
    "PolicyType": "TargetTrackingScaling",
    "EstimatedInstanceWarmup": 300,
    "TargetTrackingConfiguration": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        "TargetValue": 60.0,
    },
}


class AutoScaling(Aws):
    """Has one group that did something every minute since a moment, the newest told first."""

    def __init__(self, group: dict[str, Any] = GROUP) -> None:
        self.group = group

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        if operation == "DescribeAutoScalingGroups":
            yield self.group
        elif operation == "DescribePolicies":
            yield POLICY
        else:
            yield from ({"StartTime": MOMENT - timedelta(minutes=n), "StatusCode": "Successful"} for n in range(100))


def test_a_group_has_its_sizes_and_counts_who_is_in_service():
    (group,) = scaling_groups(AutoScaling(), "demo")

    assert (group.smallest, group.largest, group.desired, group.in_service) == (2, 9, 3, 1)
    assert group.zones == ("eu-west-1a", "eu-west-1b")


def test_a_policy_says_what_it_aims_at():
    (policy,) = scaling_groups(AutoScaling(), "demo")[0].policies

    assert (policy.metric, policy.target, policy.warmup_s, policy.enabled) == (
        "ASGAverageCPUUtilization",
        60.0,
        300,
        True,
    )


def test_only_the_last_activities_are_read():
    activities = scaling_groups(AutoScaling(), "demo")[0].activities

    assert len(activities) == ACTIVITIES
    assert activities[0].began_at == MOMENT


def test_a_group_without_members_and_launch_template_is_no_surprise():
    bare = {key: GROUP[key] for key in ("AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity")}

    (group,) = scaling_groups(AutoScaling(bare), "demo")

    assert (group.members, group.launch_template, group.in_service) == ((), "", 0)
