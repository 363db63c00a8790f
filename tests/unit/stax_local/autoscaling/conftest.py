"""A region in memory: machines that obey at once, a clock that stands still until it is moved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.autoscaling import AutoScaling
from stax_local.autoscaling.model import Group
from stax_local.desired import Instance, InstanceState, MetadataOptions, Subnet, World
from stax_local.service import Caller

NOW = 1_800_000_000.0
SUBNETS = {"subnet-a": "us-east-1a", "subnet-b": "us-east-1b"}


def instance(instance_id: str, *, state: InstanceState = "running", zone: str = "us-east-1a", **more: Any) -> Instance:
    """A machine of which only its state, its zone and its tags matter."""
    plain = Instance(
        id=instance_id,
        account_id="123456789012",
        region="us-east-1",
        state=state,
        impaired=False,
        image_id="ami-1",
        instance_type="t3.large",
        architecture="x86_64",
        user_data="",
        key_name="",
        public_key="",
        instance_profile_arn="",
        role_name="",
        metadata_options=MetadataOptions(endpoint_enabled=True, tokens_required=True, hop_limit=1, tags_enabled=False),
        tags={},
        launch_time=datetime.fromtimestamp(NOW, UTC),
        availability_zone=zone,
        vpc_id="vpc-1",
        subnet_id="subnet-a",
        network_interface_ids=(),
        volumes=(),
        boot=1,
    )
    return replace(plain, **more)


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class Ec2:
    """EC2 as a group sees it: what it is asked it does at once, unless `refuses` says why not."""

    exceptions = type("Exceptions", (), {"ClientError": ClientError})

    def __init__(self) -> None:
        self.machines: dict[str, Instance] = {}
        self.refuses = ""
        self.protected: set[str] = set()

    def run_instances(self, **asked: Any) -> dict[str, Any]:
        if self.refuses:
            raise refusal("InsufficientInstanceCapacity", self.refuses)
        tags = {tag["Key"]: tag["Value"] for tag in asked["TagSpecifications"][0]["Tags"]}
        made = []
        for _ in range(asked["MaxCount"]):
            machine = instance(f"i-{len(self.machines)}", zone=SUBNETS[asked["SubnetId"]], tags=tags)
            self.machines[machine.id] = machine
            placement = {"AvailabilityZone": machine.availability_zone}
            made.append({"InstanceId": machine.id, "InstanceType": machine.instance_type, "Placement": placement})
        return {"Instances": made}

    def terminate_instances(self, *, InstanceIds: list[str]) -> None:  # noqa: N803 - AWS's name
        for instance_id in InstanceIds:
            if instance_id in self.protected:
                raise refusal("OperationNotPermitted", "protected")
            self.become(instance_id, "terminated")

    def modify_instance_attribute(self, *, InstanceId: str, **_what: Any) -> None:  # noqa: N803 - AWS's name
        self.protected.discard(InstanceId)

    def create_tags(self, *, Resources: list[str], Tags: list[dict[str, str]]) -> None:  # noqa: N803 - AWS's names
        for machine_id in Resources:
            tags = {tag["Key"]: tag["Value"] for tag in Tags}
            self.machines[machine_id] = replace(self.machines[machine_id], tags=tags)

    def delete_tags(self, *, Resources: list[str], Tags: list[dict[str, str]]) -> None:  # noqa: N803 - AWS's names
        for machine_id in Resources:
            self.machines[machine_id] = replace(self.machines[machine_id], tags={})

    def describe_launch_template_versions(self, **_asked: Any) -> dict[str, Any]:
        return {"LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1", "LaunchTemplateName": "docker"}]}

    def become(self, instance_id: str, state: InstanceState, **more: Any) -> None:
        self.machines[instance_id] = replace(self.machines[instance_id], state=state, **more)


class CloudWatch:
    """Says the same CPU utilisation of every machine, for as many minutes as wanted."""

    def __init__(self) -> None:
        self.percent, self.minutes, self.now = 0.0, 0, NOW

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:
        times = [datetime.fromtimestamp(self.now - 60 * minute, UTC) for minute in range(self.minutes)]
        values = [self.percent] * self.minutes
        return {"MetricDataResults": [{"Timestamps": times, "Values": values} for _ in asked["MetricDataQueries"]]}


class Region:
    """The service, its machines and its clock."""

    def __init__(self) -> None:
        self.now, self.changes = NOW, 0
        self.ec2, self.cloudwatch = Ec2(), CloudWatch()
        clients = {"ec2": self.ec2, "cloudwatch": self.cloudwatch}
        self.service = AutoScaling(lambda name, _region: clients[name], on_change=self._changed, clock=lambda: self.now)
        self.caller = Caller("123456789012", "us-east-1", "AKIA", "arn:aws:iam::123456789012:user/test")

    def _changed(self) -> None:
        self.changes += 1

    def ask(self, operation: str, **asked: Any) -> Mapping[str, Any]:
        self._tell()
        return self.service.operations()[operation](self.caller, asked)

    def create(self, name: str = "docker", **more: Any) -> Group:
        asked = {"MinSize": 0, "MaxSize": 9, "DesiredCapacity": 2, "LaunchTemplate": {"LaunchTemplateId": "lt-1"}}
        self.ask("CreateAutoScalingGroup", AutoScalingGroupName=name, VPCZoneIdentifier="subnet-a,subnet-b",
                 **{**asked, **more})  # fmt: skip
        self.settle()
        return self.group(name)

    def group(self, name: str = "docker") -> Group:
        return self.service.state()["us-east-1", name]

    def settle(self, *, after_s: float = 0.0) -> None:
        """Let the loop look until nothing changes any more."""
        self.now += after_s
        self.cloudwatch.now = self.now
        for _ in range(10):
            self._tell()
            before = self.service.state(), dict(self.ec2.machines)
            self.service.look()
            self._tell()
            if (self.service.state(), dict(self.ec2.machines)) == before:
                return
        raise AssertionError("the group does not settle")

    def _tell(self) -> None:
        subnets = {
            subnet_id: Subnet(subnet_id, "vpc-1", "10.0.0.0/24", zone, "rtb-1", maps_public_ip_on_launch=False)
            for subnet_id, zone in SUBNETS.items()
        }
        self.service.world_changed(World(subnets=subnets, instances=dict(self.ec2.machines)))


@pytest.fixture
def region() -> Region:
    return Region()
