"""Auto Scaling groups in a running region: what anybody's client sees."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

LIMIT_S = 20.0


def eventually(found: Callable[[], Any]) -> Any:
    """Ask again until there is an answer that is true; fail with the last one."""
    deadline = time.monotonic() + LIMIT_S
    while not (answer := found()):
        assert time.monotonic() < deadline, f"not within {LIMIT_S} s: {answer!r}"
        time.sleep(0.02)
    return answer


class Groups:
    """A network, a launch template, and groups made from them; all gone afterwards."""

    def __init__(self, region: Any) -> None:
        self.ec2, self.autoscaling = region.client("ec2"), region.client("autoscaling")
        self.cloudwatch = region.client("cloudwatch")
        self.names: list[str] = []
        self.vpc_id = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        self.subnet_ids = [
            self.ec2.create_subnet(VpcId=self.vpc_id, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)["Subnet"][
                "SubnetId"
            ]
            for number, zone in enumerate(("us-east-1a", "us-east-1b"))
        ]
        image_id = self.ec2.describe_images(
            Owners=["075585003325"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}]
        )["Images"][0]["ImageId"]
        self.template_id = self.ec2.create_launch_template(
            LaunchTemplateName=f"template-{self.vpc_id}",
            LaunchTemplateData={"ImageId": image_id, "InstanceType": "t3.large"},
        )["LaunchTemplate"]["LaunchTemplateId"]

    def create(self, name: str, **more: Any) -> str:
        group = f"{name}-{self.vpc_id}"
        asked = {"MinSize": 0, "MaxSize": 9, "DesiredCapacity": 2, **more}
        self.names.append(group)
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=group,
            LaunchTemplate={"LaunchTemplateId": self.template_id, "Version": "$Latest"},
            VPCZoneIdentifier=",".join(self.subnet_ids),
            **asked,
        )
        return group

    def group(self, name: str) -> dict[str, Any]:
        found = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return found[0] if found else {}

    def is_gone(self, name: str) -> bool:
        return not self.group(name)

    def members(self, name: str, state: str = "InService") -> list[dict[str, Any]]:
        return [member for member in self.group(name).get("Instances", []) if member["LifecycleState"] == state]

    def serving(self, name: str, count: int) -> list[str]:
        def exactly() -> list[str]:
            group = self.group(name)
            ids = [member["InstanceId"] for member in group["Instances"] if member["LifecycleState"] == "InService"]
            return ids if len(ids) == count == len(group["Instances"]) else []

        return sorted(eventually(exactly))

    def causes(self, name: str) -> list[str]:
        activities = self.autoscaling.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]
        return [activity["Cause"] for activity in activities]

    def close(self) -> None:
        for name in self.names:
            if self.group(name):
                self.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
            eventually(partial(self.is_gone, name))
        self.ec2.delete_launch_template(LaunchTemplateId=self.template_id)
        for subnet_id in self.subnet_ids:
            self.ec2.delete_subnet(SubnetId=subnet_id)
        self.ec2.delete_vpc(VpcId=self.vpc_id)


@pytest.fixture
def groups(region: Any) -> Iterator[Groups]:
    made = Groups(region)
    yield made
    made.close()


def test_a_group_reaches_its_desired_capacity_spread_over_its_zones(groups: Groups) -> None:
    name = groups.create("spread", DesiredCapacity=4)

    groups.serving(name, 4)

    zones = [member["AvailabilityZone"] for member in groups.members(name)]
    assert sorted(zones) == ["us-east-1a", "us-east-1a", "us-east-1b", "us-east-1b"]


def test_members_carry_the_groups_tags_and_its_name(groups: Groups) -> None:
    tag = {"Key": "App", "Value": "test", "PropagateAtLaunch": True}
    name = groups.create(
        "tags", DesiredCapacity=1, Tags=[tag, {"Key": "own", "Value": "x", "PropagateAtLaunch": False}]
    )

    (instance_id,) = groups.serving(name, 1)

    (reservation,) = groups.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    tags = {tag["Key"]: tag["Value"] for tag in reservation["Instances"][0]["Tags"]}
    assert tags["App"] == "test"
    assert tags["aws:autoscaling:groupName"] == name
    assert "own" not in tags


@pytest.mark.parametrize("how", ["terminate_instances", "stop_instances"])
def test_a_member_that_somebody_ends_is_replaced(groups: Groups, how: str) -> None:
    name = groups.create("heal")
    before = groups.serving(name, 2)

    getattr(groups.ec2, how)(InstanceIds=[before[0]])

    after = eventually(lambda: (ids := groups.serving(name, 2)) != before and ids)
    assert before[0] not in after
    assert before[1] in after
    assert any("EC2 health check" in cause for cause in groups.causes(name))


def test_an_unhealthy_member_is_replaced_when_the_grace_period_is_not_respected(groups: Groups) -> None:
    name = groups.create("sick", HealthCheckGracePeriod=3600)
    before = groups.serving(name, 2)

    groups.autoscaling.set_instance_health(InstanceId=before[0], HealthStatus="Unhealthy")
    assert groups.serving(name, 2) == before
    groups.autoscaling.set_instance_health(
        InstanceId=before[0], HealthStatus="Unhealthy", ShouldRespectGracePeriod=False
    )

    eventually(lambda: before[0] not in groups.serving(name, 2))


def test_scaling_in_spares_the_protected_and_balances_the_zones(groups: Groups) -> None:
    name = groups.create("in", DesiredCapacity=4)
    ids = groups.serving(name, 4)
    groups.autoscaling.set_instance_protection(
        AutoScalingGroupName=name, InstanceIds=ids[:2], ProtectedFromScaleIn=True
    )

    groups.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=2)

    assert groups.serving(name, 2) == ids[:2]


def test_termination_without_replacement_shrinks_the_group(groups: Groups) -> None:
    name = groups.create("shrink")
    ids = groups.serving(name, 2)

    groups.autoscaling.terminate_instance_in_auto_scaling_group(InstanceId=ids[0], ShouldDecrementDesiredCapacity=True)

    assert groups.serving(name, 1) == [ids[1]]
    assert groups.group(name)["DesiredCapacity"] == 1


def test_a_launch_hook_holds_a_machine_back_until_its_action_completes(groups: Groups) -> None:
    hook = {
        "LifecycleHookName": "ready",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
        "HeartbeatTimeout": 300,
        "DefaultResult": "ABANDON",
    }
    name = groups.create("hook", DesiredCapacity=1, LifecycleHookSpecificationList=[hook])
    (waiting,) = eventually(lambda: groups.members(name, "Pending:Wait"))

    groups.autoscaling.record_lifecycle_action_heartbeat(
        AutoScalingGroupName=name, LifecycleHookName="ready", InstanceId=waiting["InstanceId"]
    )
    groups.autoscaling.complete_lifecycle_action(
        AutoScalingGroupName=name,
        LifecycleHookName="ready",
        InstanceId=waiting["InstanceId"],
        LifecycleActionResult="CONTINUE",
    )

    assert groups.serving(name, 1) == [waiting["InstanceId"]]


def test_an_abandoned_launch_is_terminated_and_tried_again(groups: Groups) -> None:
    name = groups.create("abandon", DesiredCapacity=0)
    groups.autoscaling.put_lifecycle_hook(
        AutoScalingGroupName=name,
        LifecycleHookName="ready",
        LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING",
    )
    groups.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
    (first,) = eventually(lambda: groups.members(name, "Pending:Wait"))

    groups.autoscaling.complete_lifecycle_action(
        AutoScalingGroupName=name,
        LifecycleHookName="ready",
        InstanceId=first["InstanceId"],
        LifecycleActionResult="ABANDON",
    )

    eventually(lambda: [m for m in groups.members(name, "Pending:Wait") if m["InstanceId"] != first["InstanceId"]])


def test_a_termination_hook_keeps_the_machine_running_until_it_is_done(groups: Groups) -> None:
    name = groups.create("drain", DesiredCapacity=1)
    groups.autoscaling.put_lifecycle_hook(
        AutoScalingGroupName=name,
        LifecycleHookName="drain",
        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
    )
    (instance_id,) = groups.serving(name, 1)

    groups.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=0)
    eventually(lambda: groups.members(name, "Terminating:Wait"))
    (reservation,) = groups.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "running"

    groups.autoscaling.complete_lifecycle_action(
        AutoScalingGroupName=name, LifecycleHookName="drain", InstanceId=instance_id, LifecycleActionResult="CONTINUE"
    )
    eventually(lambda: not groups.group(name)["Instances"])


def test_target_tracking_scales_out_on_the_members_cpu(groups: Groups) -> None:
    name = groups.create("cpu")
    ids = groups.serving(name, 2)
    now = datetime.now(UTC)
    for instance_id in ids:
        groups.cloudwatch.put_metric_data(
            Namespace="AWS/EC2",
            MetricData=[
                {
                    "MetricName": "CPUUtilization",
                    "Dimensions": [{"Name": "InstanceId", "Value": instance_id}],
                    "Timestamp": now - timedelta(minutes=minutes),
                    "Value": 95.0,
                }
                for minutes in range(5)
            ],
        )

    groups.autoscaling.put_scaling_policy(
        AutoScalingGroupName=name,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        EstimatedInstanceWarmup=0,
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 60.0,
        },
    )

    eventually(lambda: groups.group(name)["DesiredCapacity"] == 4)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"DesiredCapacity": 10}, "between the specified min size:0 and max size:9"),
        ({"MinSize": 5, "MaxSize": 1}, "must be greater than or equal to min bound"),
        ({"HealthCheckType": "ELB"}, "HealthCheckType ELB"),
        ({"TargetGroupARNs": ["arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/a/b"]}, "TargetGroupARNs"),
        ({"TerminationPolicies": ["Sideways"]}, "Sideways"),
    ],
)
def test_what_a_group_cannot_be_is_refused_by_name(groups: Groups, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(ClientError, match=told):
        groups.create("refused", **asked)


def test_a_group_with_members_is_deleted_only_by_force(groups: Groups) -> None:
    name = groups.create("busy")
    groups.serving(name, 2)

    with pytest.raises(ClientError, match="still in the group") as refused:
        groups.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name)

    assert refused.value.response["Error"]["Code"] == "ResourceInUse"


def test_a_suspended_launch_waits_until_it_is_resumed(groups: Groups) -> None:
    name = groups.create("paused", DesiredCapacity=0)
    groups.autoscaling.suspend_processes(AutoScalingGroupName=name, ScalingProcesses=["Launch"])
    groups.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
    assert groups.group(name)["SuspendedProcesses"][0]["ProcessName"] == "Launch"
    assert not groups.group(name)["Instances"]

    groups.autoscaling.resume_processes(AutoScalingGroupName=name)

    groups.serving(name, 1)


def test_a_new_template_version_is_what_the_next_machine_is_made_from(groups: Groups) -> None:
    name = groups.create("version", DesiredCapacity=1)
    groups.serving(name, 1)
    groups.ec2.create_launch_template_version(
        LaunchTemplateId=groups.template_id, SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.micro"}
    )

    groups.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=2)
    groups.serving(name, 2)

    types = sorted(member["InstanceType"] for member in groups.members(name))
    assert types == ["t3.large", "t3.micro"]


def test_a_failing_launch_is_told_in_the_groups_history(groups: Groups) -> None:
    name = groups.create("failing", DesiredCapacity=0)
    version = groups.ec2.create_launch_template_version(
        LaunchTemplateId=groups.template_id, SourceVersion="1", LaunchTemplateData={"KeyName": "no-such-key"}
    )["LaunchTemplateVersion"]["VersionNumber"]
    assert version == 2

    groups.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)

    def failed() -> list[dict[str, Any]]:
        activities = groups.autoscaling.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]
        return [activity for activity in activities if activity["StatusCode"] == "Failed"]

    assert "no-such-key" in eventually(failed)[0]["StatusMessage"]
