"""Machines of an Auto Scaling group: told when they are to leave, and more of them when they have much to do."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from tests.machines import Machine, MachineRegion, eventually, home, ignition, lacking

HOOK = "drain"
PERIOD_S = 2
"""Three periods above the target scale out; a minute each, on AWS."""

TARGET_STATE = """
token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
curl -sf -H "X-aws-ec2-metadata-token: $token" \
    http://169.254.169.254/latest/meta-data/autoscaling/target-lifecycle-state
"""


class Hosts:
    """A group of one host in a region whose minutes are short."""

    def __init__(self, region: MachineRegion) -> None:
        self.region = region
        self.autoscaling = region.client("autoscaling")
        ec2 = region.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.183.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.183.1.0/24")["Subnet"]["SubnetId"]
        image = ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"]
        data = {"ImageId": image, "InstanceType": "t3.small", "UserData": b64encode(ignition().encode()).decode()}
        ec2.create_launch_template(LaunchTemplateName="hosts", LaunchTemplateData=data)
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName="hosts",
            LaunchTemplate={"LaunchTemplateName": "hosts"},
            VPCZoneIdentifier=subnet,
            MinSize=1,
            MaxSize=2,
            LifecycleHookSpecificationList=[
                {
                    "LifecycleHookName": HOOK,
                    "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
                    "HeartbeatTimeout": 600,
                }
            ],
        )

    def members(self, phase: str = "InService") -> list[Machine]:
        (group,) = self.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        return [self.region.machine(m["InstanceId"]) for m in group["Instances"] if m["LifecycleState"] == phase]

    def tracks(self, target_percent: float) -> None:
        tracked: dict[str, Any] = {"PredefinedMetricType": "ASGAverageCPUUtilization"}
        self.autoscaling.put_scaling_policy(
            AutoScalingGroupName="hosts",
            PolicyName="processor",
            PolicyType="TargetTrackingScaling",
            EstimatedInstanceWarmup=0,
            TargetTrackingConfiguration={
                "PredefinedMetricSpecification": tracked,
                "TargetValue": target_percent,
                "DisableScaleIn": True,
            },
        )


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    if why_not := lacking():
        pytest.skip(why_not)
    region = MachineRegion(home(tmp_path_factory.mktemp("home")), metric_period_s=PERIOD_S)
    try:
        yield Hosts(region)
    finally:
        region.down()


def test_a_busy_host_gets_another_beside_it(hosts: Hosts) -> None:
    eventually(lambda: len(hosts.members()) == 1)
    (host,) = hosts.members()
    host.boots()
    host.runs("systemd-run", "--unit=busy", "sh", "-c", "while :; do :; done")
    # One of its two processors; a busy test machine may give it a quarter of that.
    hosts.tracks(10.0)

    eventually(lambda: len(hosts.members()) == 2)
    host.runs("systemctl", "stop", "busy")


def test_a_host_that_is_to_leave_reads_it_and_runs_until_it_lets_go(hosts: Hosts) -> None:
    leaving = hosts.members()[0].boots()
    assert leaving.runs("sh", "-c", TARGET_STATE) == "InService"

    hosts.autoscaling.delete_policy(AutoScalingGroupName="hosts", PolicyName="processor")
    hosts.autoscaling.terminate_instance_in_auto_scaling_group(
        InstanceId=leaving.id, ShouldDecrementDesiredCapacity=True
    )

    eventually(lambda: leaving.runs("sh", "-c", TARGET_STATE) == "Terminated")
    assert [machine.id for machine in hosts.members("Terminating:Wait")] == [leaving.id]
    assert leaving.has_booted()
    hosts.autoscaling.complete_lifecycle_action(
        AutoScalingGroupName="hosts",
        LifecycleHookName=HOOK,
        InstanceId=leaving.id,
        LifecycleActionResult="CONTINUE",
    )
    leaving.becomes("terminated")
    assert leaving.pid is None
