"""Groups, asked for by the API and kept by the loop."""

import pickle
from typing import Any

import pytest

from stax_local.service import ServiceError

HOOK = {
    "LifecycleHookName": "ready",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
    "HeartbeatTimeout": 60,
}


def phases(region: Any) -> list[str]:
    return sorted(member.phase for member in region.group().members.values())


def statuses(region: Any) -> list[str]:
    return [activity.status for activity in region.group().activities.values()]


def test_a_new_group_is_filled_from_all_its_zones(region: Any) -> None:
    group = region.create(DesiredCapacity=3)

    assert phases(region) == ["InService"] * 3
    assert {member.availability_zone for member in group.members.values()} == {"us-east-1a", "us-east-1b"}
    assert statuses(region) == ["Successful"] * 3


def test_what_was_kept_goes_on(region: Any) -> None:
    region.create()
    kept = pickle.dumps(region.service.state())
    region.ec2.become("i-0", "terminated")

    region.service.restore(pickle.loads(kept))  # noqa: S301 - pickled three lines above
    region.settle()

    assert sorted(region.group().members) == ["i-1", "i-2"]


def test_a_machine_launched_just_before_the_region_died_is_taken_up_again(region: Any) -> None:
    region.create(DesiredCapacity=1)
    forgotten = region.service.state()
    forgotten["us-east-1", "docker"].members.clear()
    region.service.restore(forgotten)

    region.settle()

    assert list(region.group().members) == ["i-0"]
    assert len(region.ec2.machines) == 1


def test_a_failing_launch_is_tried_again_less_and_less_often(region: Any) -> None:
    region.ec2.refuses = "no capacity left"
    region.create(DesiredCapacity=1)
    assert region.group().failures == 1

    region.settle(after_s=1)
    assert region.group().failures == 1
    region.settle(after_s=2)
    assert region.group().failures == 2
    region.settle(after_s=3)
    assert region.group().failures == 2

    region.ec2.refuses = ""
    region.settle(after_s=2)
    assert phases(region) == ["InService"]
    assert region.group().failures == 0


def test_a_launch_hook_that_times_out_abandons_the_machine(region: Any) -> None:
    region.create(DesiredCapacity=1, LifecycleHookSpecificationList=[{**HOOK, "DefaultResult": "ABANDON"}])
    assert phases(region) == ["Pending:Wait"]

    region.settle(after_s=61)

    assert region.ec2.machines["i-0"].state == "terminated"
    assert list(region.group().members) == ["i-1"]


def test_a_launch_hook_that_times_out_may_go_on(region: Any) -> None:
    region.create(DesiredCapacity=1, LifecycleHookSpecificationList=[{**HOOK, "DefaultResult": "CONTINUE"}])

    region.settle(after_s=61)

    assert phases(region) == ["InService"]
    assert list(region.ec2.machines) == ["i-0"]


def test_a_heartbeat_puts_the_time_out_off(region: Any) -> None:
    region.create(DesiredCapacity=1, LifecycleHookSpecificationList=[{**HOOK, "DefaultResult": "ABANDON"}])
    region.settle(after_s=50)

    region.ask(
        "RecordLifecycleActionHeartbeat", AutoScalingGroupName="docker", LifecycleHookName="ready", InstanceId="i-0"
    )
    region.settle(after_s=50)
    assert phases(region) == ["Pending:Wait"]
    region.settle(after_s=11)

    assert region.ec2.machines["i-0"].state == "terminated"


def test_two_hooks_both_have_to_complete(region: Any) -> None:
    region.create(DesiredCapacity=1, LifecycleHookSpecificationList=[HOOK, {**HOOK, "LifecycleHookName": "second"}])

    complete = {"AutoScalingGroupName": "docker", "InstanceId": "i-0", "LifecycleActionResult": "CONTINUE"}
    region.ask("CompleteLifecycleAction", LifecycleHookName="ready", **complete)
    region.settle()
    assert phases(region) == ["Pending:Wait"]
    region.ask("CompleteLifecycleAction", LifecycleHookName="second", **complete)
    region.settle()

    assert phases(region) == ["InService"]
    with pytest.raises(ServiceError, match="No active Lifecycle Action"):
        region.ask("CompleteLifecycleAction", LifecycleHookName="second", **complete)


def test_a_deleted_hook_lets_the_machine_go_on(region: Any) -> None:
    region.create(DesiredCapacity=1, LifecycleHookSpecificationList=[HOOK])

    region.ask("DeleteLifecycleHook", AutoScalingGroupName="docker", LifecycleHookName="ready")
    region.settle()

    assert phases(region) == ["InService"]


def test_a_machine_that_does_not_answer_has_the_grace_period(region: Any) -> None:
    region.create(HealthCheckGracePeriod=300)
    region.ec2.become("i-0", "running", impaired=True)

    region.settle(after_s=200)
    assert "i-0" in region.group().members
    region.settle(after_s=101)

    assert "i-0" not in region.group().members
    assert len(region.group().members) == 2


def test_members_protected_from_termination_are_terminated_all_the_same(region: Any) -> None:
    region.create()
    region.ec2.protected.add("i-0")

    region.ask("UpdateAutoScalingGroup", AutoScalingGroupName="docker", DesiredCapacity=0)
    region.settle()

    assert not region.group().members


def test_a_detached_machine_stays_and_is_replaced(region: Any) -> None:
    region.create()

    region.ask(
        "DetachInstances", AutoScalingGroupName="docker", InstanceIds=["i-0"], ShouldDecrementDesiredCapacity=False
    )
    region.settle()

    assert sorted(region.group().members) == ["i-1", "i-2"]
    assert region.ec2.machines["i-0"].state == "running"


def test_a_machine_in_standby_is_out_of_the_count_and_comes_back(region: Any) -> None:
    region.create()
    group = {"AutoScalingGroupName": "docker", "InstanceIds": ["i-0"]}

    region.ask("EnterStandby", ShouldDecrementDesiredCapacity=True, **group)
    region.settle()
    assert phases(region) == ["InService", "Standby"]
    region.ask("ExitStandby", **group)
    region.settle()

    assert phases(region) == ["InService"] * 2
    assert len(region.ec2.machines) == 2


def test_a_forced_deletion_ends_every_machine_and_then_the_group(region: Any) -> None:
    hook = {**HOOK, "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}
    region.create(LifecycleHookSpecificationList=[hook])

    region.ask("DeleteAutoScalingGroup", AutoScalingGroupName="docker", ForceDelete=True)
    region.settle()

    assert region.service.state() == {}
    assert {machine.state for machine in region.ec2.machines.values()} == {"terminated"}


def test_an_update_keeps_what_it_does_not_name(region: Any) -> None:
    region.create(DefaultCooldown=60, HealthCheckGracePeriod=30)

    region.ask("UpdateAutoScalingGroup", AutoScalingGroupName="docker", MaxSize=1)

    group = region.group()
    assert (group.max_size, group.desired, group.cooldown_s, group.grace_s) == (1, 1, 60, 30)


def test_cpu_above_the_target_scales_out_and_below_it_slowly_in(region: Any) -> None:
    region.create(DesiredCapacity=2, MinSize=1)
    region.ask(
        "PutScalingPolicy",
        AutoScalingGroupName="docker",
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        EstimatedInstanceWarmup=60,
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 60.0,
        },
    )
    region.cloudwatch.percent, region.cloudwatch.minutes = 90.0, 5

    region.settle(after_s=61)
    assert region.group().desired == 3
    region.cloudwatch.percent, region.cloudwatch.minutes = 10.0, 10
    region.settle(after_s=120)
    assert region.group().desired == 3
    region.cloudwatch.minutes = 16
    region.settle(after_s=120)

    assert region.group().desired == 1


@pytest.mark.parametrize(
    ("adjustment", "wanted"),
    [
        ({"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 2}, 6),
        ({"AdjustmentType": "ExactCapacity", "ScalingAdjustment": 1}, 1),
        ({"AdjustmentType": "PercentChangeInCapacity", "ScalingAdjustment": 10}, 5),
        ({"AdjustmentType": "PercentChangeInCapacity", "ScalingAdjustment": -60}, 2),
        ({"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 99}, 9),
    ],
)
def test_a_simple_policy_is_executed_within_the_groups_bounds(
    region: Any, adjustment: dict[str, Any], wanted: int
) -> None:
    region.create(DesiredCapacity=4)
    region.ask("PutScalingPolicy", AutoScalingGroupName="docker", PolicyName="by-hand", **adjustment)

    region.ask("ExecutePolicy", AutoScalingGroupName="docker", PolicyName="by-hand")

    assert region.group().desired == wanted


def test_the_cooldown_is_honoured_when_asked_to(region: Any) -> None:
    region.create(DefaultCooldown=300)
    scale = {"AutoScalingGroupName": "docker", "DesiredCapacity": 3, "HonorCooldown": True}

    with pytest.raises(ServiceError, match="cooldown"):
        region.ask("SetDesiredCapacity", **scale)
    region.settle(after_s=301)
    region.ask("SetDesiredCapacity", **scale)

    assert region.group().desired == 3


@pytest.mark.parametrize(
    ("operation", "asked", "told"),
    [
        ("UpdateAutoScalingGroup", {"AutoScalingGroupName": "nobody"}, "not found"),
        ("SetDesiredCapacity", {"AutoScalingGroupName": "docker", "DesiredCapacity": 10}, "above max value 9"),
        ("PutLifecycleHook", {"AutoScalingGroupName": "docker", "LifecycleHookName": "x"}, "LifecycleTransition"),
        (
            "PutLifecycleHook",
            {"AutoScalingGroupName": "docker", **HOOK, "NotificationTargetARN": "arn:aws:sns:us-east-1:1:x"},
            "notify nobody",
        ),
        (
            "PutScalingPolicy",
            {"AutoScalingGroupName": "docker", "PolicyName": "x", "PolicyType": "StepScaling"},
            "no StepScaling policies",
        ),
        ("SuspendProcesses", {"AutoScalingGroupName": "docker", "ScalingProcesses": ["Dance"]}, "Dance"),
        ("TerminateInstanceInAutoScalingGroup", {"InstanceId": "i-9"}, "No managed instance found"),
        ("DescribeAutoScalingGroups", {"Filters": [{"Name": "color", "Values": ["red"]}]}, "Filter type color"),
        ("CreateAutoScalingGroup", {"AutoScalingGroupName": "docker"}, "already exists"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(region: Any, operation: str, asked: dict[str, Any], told: str) -> None:
    region.create()

    with pytest.raises(ServiceError, match=told):
        region.ask(operation, **asked)


def test_an_answer_comes_in_pages(region: Any) -> None:
    for name in ("a", "b", "c"):
        region.create(name, DesiredCapacity=0)

    first = region.ask("DescribeAutoScalingGroups", MaxRecords=2)
    rest = region.ask("DescribeAutoScalingGroups", MaxRecords=2, NextToken=first["NextToken"])

    names = [group["AutoScalingGroupName"] for page in (first, rest) for group in page["AutoScalingGroups"]]
    assert names == ["a", "b", "c"]
    assert "NextToken" not in rest


def test_tags_are_put_described_and_taken_off(region: Any) -> None:
    region.create(DesiredCapacity=0)
    tag = {"ResourceId": "docker", "ResourceType": "auto-scaling-group", "Key": "App"}

    region.ask("CreateOrUpdateTags", Tags=[{**tag, "Value": "stax", "PropagateAtLaunch": True}])
    wanted = [{"Name": "key", "Values": ["App"]}]
    assert [found["Value"] for found in region.ask("DescribeTags", Filters=wanted)["Tags"]] == ["stax"]
    region.ask("DeleteTags", Tags=[tag])

    assert region.ask("DescribeTags")["Tags"] == []


def test_every_change_is_told_to_be_kept(region: Any) -> None:
    region.create()
    before = region.changes

    region.ask("SetDesiredCapacity", AutoScalingGroupName="docker", DesiredCapacity=1)
    assert region.changes == before + 1
    region.ask("DescribeAutoScalingGroups")

    assert region.changes == before + 1
