"""What AWS's own calls show of the template once it is made, and that a machine can be left out and put back."""

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stax.synth.contents import quantities
from stax.synth.template import load_template

EXAMPLE = Path(__file__).parents[2] / "config" / "config.json.example"
CONFIGURED = {"App", "Group", "Environment", "CostCenter", "Owner", "KeepAlive"}
COMMAND_LIMIT_S = 90
UPDATE_LIMIT_S = 60


@dataclass(frozen=True)
class Made:
    """A stax with two docker hosts, seen through AWS's API alone."""

    name: str
    region: Any

    def client(self, service: str) -> Any:
        return self.region.client(service)

    @property
    def own(self) -> list[dict[str, Any]]:
        return [{"Name": "tag:stax:name", "Values": [self.name]}]

    def instances(self) -> list[dict[str, Any]]:
        alive = {"Name": "instance-state-name", "Values": ["pending", "running"]}
        answer = self.client("ec2").describe_instances(Filters=[*self.own, alive])
        return [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]

    def output(self, key: str) -> str:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        return next(str(output["OutputValue"]) for output in stack["Outputs"] if output["OutputKey"] == key)

    def update(self, **changed: str) -> None:
        """Update the stack with other parameters and the same template, to the end."""
        client = self.client("cloudformation")
        (stack,) = client.describe_stacks(StackName=self.name)["Stacks"]
        kept = [entry["ParameterKey"] for entry in stack["Parameters"] if entry["ParameterKey"] not in changed]
        client.update_stack(
            StackName=self.name,
            UsePreviousTemplate=True,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                *({"ParameterKey": key, "UsePreviousValue": True} for key in kept),
                *({"ParameterKey": key, "ParameterValue": value} for key, value in changed.items()),
            ],
        )
        deadline = time.monotonic() + UPDATE_LIMIT_S
        while time.monotonic() < deadline:
            (stack,) = client.describe_stacks(StackName=self.name)["Stacks"]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
            time.sleep(0.05)
        assert stack["StackStatus"] == "UPDATE_COMPLETE", stack.get("StackStatusReason")


def stax(region: Any, *words: str) -> None:
    argv = [sys.executable, "-m", "stax", *words, "--region", "local", "--yes", "--quiet"]
    done = subprocess.run(
        argv, env=region.stax_env, capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def made(region: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    name = f"tmpl-{secrets.token_hex(4)}"
    entries = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    for entry in entries:
        if entry["ParameterKey"] == "ClusterSize":
            entry["ParameterValue"] = "2"
    config = tmp_path_factory.mktemp("config") / "config.json"
    config.write_text(json.dumps(entries), encoding="utf-8")
    stax(region, "create", name, "--config", str(config))
    yield Made(name, region)
    stax(region, "destroy", name)


def tags(resource: Mapping[str, Any]) -> dict[str, str]:
    listed = resource.get("Tags") or resource.get("TagSet") or []
    return {tag["Key"]: tag["Value"] for tag in listed}


def test_what_is_there_is_what_was_counted_before(made: Made):
    ec2 = made.client("ec2")
    counted = {quantity.subject: quantity.count for quantity in quantities(load_template(), {"ClusterSize": "2"})}
    roles = [tags(instance)["stax:role"] for instance in made.instances()]

    assert {
        "CloudFormation stack": 1,
        "VPC": len(ec2.describe_vpcs(Filters=made.own)["Vpcs"]),
        "jumpbox": roles.count("jump"),
        "NAT box": roles.count("nat"),
        "docker host": roles.count("docker"),
        "volume": len(ec2.describe_volumes(Filters=made.own)["Volumes"]),
        "security group": len(ec2.describe_security_groups(Filters=made.own)["SecurityGroups"]),
        "Elastic IP": len(ec2.describe_addresses(Filters=made.own)["Addresses"]),
        "network interface": len(ec2.describe_network_interfaces(Filters=made.own)["NetworkInterfaces"]),
        "launch template": len(ec2.describe_launch_templates(Filters=made.own)["LaunchTemplates"]),
    } == counted


def test_the_tags_of_the_configuration_are_on_everything(made: Made):
    ec2 = made.client("ec2")
    network = [{"Name": "vpc-id", "Values": [made.output("VpcId")]}]
    default_group = {"default"}
    everything: list[Mapping[str, Any]] = [
        *made.instances(),
        *ec2.describe_volumes(Filters=made.own)["Volumes"],
        *ec2.describe_vpcs(Filters=made.own)["Vpcs"],
        *ec2.describe_subnets(Filters=network)["Subnets"],
        *ec2.describe_network_interfaces(Filters=network)["NetworkInterfaces"],
        *ec2.describe_addresses(Filters=made.own)["Addresses"],
        *ec2.describe_internet_gateways(Filters=made.own)["InternetGateways"],
        *ec2.describe_launch_templates(Filters=made.own)["LaunchTemplates"],
        *(
            group
            for group in ec2.describe_security_groups(Filters=network)["SecurityGroups"]
            if group["GroupName"] not in default_group
        ),
    ]

    assert len(everything) == 5 + 5 + 1 + 4 + 5 + 3 + 1 + 1 + 3
    for resource in everything:
        assert tags(resource).keys() >= CONFIGURED | {"Name", "stax:name", "stax:role"}, resource


def test_disks_are_encrypted_gp3_and_the_metadata_service_is_version_2(made: Made):
    volumes = made.client("ec2").describe_volumes(Filters=made.own)["Volumes"]

    assert {(volume["Encrypted"], volume["VolumeType"]) for volume in volumes} == {(True, "gp3")}
    for instance in made.instances():
        options = instance["MetadataOptions"]
        assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)


def test_user_data_points_to_an_object_that_has_the_hash_it_names(made: Made):
    ec2, s3 = made.client("ec2"), made.client("s3")

    for instance in made.instances():
        answer = ec2.describe_instance_attribute(InstanceId=instance["InstanceId"], Attribute="userData")
        pointer = json.loads(base64.b64decode(answer["UserData"]["Value"]))["ignition"]["config"]["replace"]
        bucket, _, key = pointer["source"].removeprefix("s3://").partition("/")
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()

        assert key.startswith(f"machines/{tags(instance)['stax:role']}/")
        assert pointer["verification"]["hash"] == f"sha512-{hashlib.sha512(content).hexdigest()}"


def test_a_nat_box_left_out_and_put_back_has_its_interface_addresses_and_route(made: Made):
    ec2 = made.client("ec2")
    interface_id = made.output("Nat1InterfaceId")

    def interface() -> dict[str, Any]:
        (found,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface_id])["NetworkInterfaces"]
        return dict(found)

    before = interface()
    dead = before["Attachment"]["InstanceId"]
    ec2.modify_instance_attribute(InstanceId=dead, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[dead])
    made.update(AbsentMachine="nat1")
    made.update(AbsentMachine="none")
    after = interface()
    (table,) = ec2.describe_route_tables(RouteTableIds=[made.output("PrivateRouteTable1Id")])["RouteTables"]
    default = next(route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0")

    assert after["Attachment"]["InstanceId"] != dead
    assert after["PrivateIpAddresses"] == before["PrivateIpAddresses"]
    assert (default["NetworkInterfaceId"], default["State"]) == (interface_id, "active")
