"""Every kind of thing a stax is made of: how to find those of one stax, and how to take one away.

`destroy` proves with these that nothing is left, and removes what CloudFormation forgot.  In the
order of the table each kind can be removed once those above it are gone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from stax.aws import removal
from stax.aws.keypairs import delete_key_pair
from stax.aws.parameters import delete_parameters, parameter_names
from stax.aws.session import Aws

LIVE_STATES = ("pending", "running", "shutting-down", "stopping", "stopped")


@dataclass(frozen=True)
class Kind:
    """One kind of resource, in the plural that people use."""

    subject: str
    find: Callable[[Aws, str], list[str]]
    """Return the ids of those that belong to the stax of that name."""
    remove: Callable[[Aws, str], None]
    """Take one away, as far as is possible now; one that is gone is fine."""


def _tagged(operation: str, key: str, identifier: str) -> Callable[[Aws, str], list[str]]:
    """Return a finder of EC2's things by the tag `stax:name`."""

    def find(aws: Aws, name: str) -> list[str]:
        filters = [{"Name": "tag:stax:name", "Values": [name]}]
        return [item[identifier] for item in aws.pages("ec2", operation, key, Filters=filters)]

    return find


def _instances(aws: Aws, name: str) -> list[str]:
    filters = [
        {"Name": "tag:stax:name", "Values": [name]},
        {"Name": "instance-state-name", "Values": list(LIVE_STATES)},
    ]
    reservations = aws.pages("ec2", "DescribeInstances", "Reservations", Filters=filters)
    return [instance["InstanceId"] for reservation in reservations for instance in reservation["Instances"]]


def _groups(aws: Aws, name: str) -> list[str]:
    filters = [{"Name": "tag:stax:name", "Values": [name]}]
    pages = aws.pages("autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups", Filters=filters)
    return [group["AutoScalingGroupName"] for group in pages]


def _alarms(aws: Aws, name: str) -> list[str]:
    found = []
    for alarm in aws.pages("cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmNamePrefix=f"{name}-"):
        tags = aws.call("cloudwatch", "ListTagsForResource", ResourceARN=alarm["AlarmArn"])["Tags"]
        if {"Key": "stax:name", "Value": name} in tags:
            found.append(alarm["AlarmName"])
    return found


def _under_own_path(operation: str, key: str, identifier: str, **more: str) -> Callable[[Aws, str], list[str]]:
    """Return a finder of IAM's things: it has no filter by tag, but a path, which only this stax has."""

    def find(aws: Aws, name: str) -> list[str]:
        path = f"/stax/{name}/"
        items = aws.pages("iam", operation, key, PathPrefix=path, **more)
        # Looked at again: what an API that overlooked the prefix would return belongs to other stax.
        return [item[identifier] for item in items if item["Path"].startswith(path)]

    return find


def _parameters(aws: Aws, name: str) -> list[str]:
    return parameter_names(aws, f"/stax/{name}")


MACHINES = Kind("machines", _instances, removal.remove_instance)

KINDS: tuple[Kind, ...] = (
    Kind("Auto Scaling groups", _groups, removal.remove_group),
    Kind("alarms", _alarms, removal.remove_alarm),
    MACHINES,
    Kind("launch templates", _tagged("DescribeLaunchTemplates", "LaunchTemplates", "LaunchTemplateId"),
         removal.remove_launch_template),
    Kind("Elastic IPs", _tagged("DescribeAddresses", "Addresses", "AllocationId"), removal.remove_address),
    Kind("network interfaces", _tagged("DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId"),
         removal.remove_network_interface),
    Kind("volumes", _tagged("DescribeVolumes", "Volumes", "VolumeId"), removal.remove_volume),
    Kind("security groups", _tagged("DescribeSecurityGroups", "SecurityGroups", "GroupId"),
         removal.remove_security_group),
    Kind("subnets", _tagged("DescribeSubnets", "Subnets", "SubnetId"), removal.remove_subnet),
    Kind("route tables", _tagged("DescribeRouteTables", "RouteTables", "RouteTableId"), removal.remove_route_table),
    Kind("internet gateways", _tagged("DescribeInternetGateways", "InternetGateways", "InternetGatewayId"),
         removal.remove_internet_gateway),
    Kind("VPCs", _tagged("DescribeVpcs", "Vpcs", "VpcId"), removal.remove_vpc),
    Kind("instance profiles", _under_own_path("ListInstanceProfiles", "InstanceProfiles", "InstanceProfileName"),
         removal.remove_instance_profile),
    Kind("roles", _under_own_path("ListRoles", "Roles", "RoleName"), removal.remove_role),
    Kind("policies", _under_own_path("ListPolicies", "Policies", "Arn", Scope="Local"), removal.remove_policy),
    Kind("parameters", _parameters, lambda aws, parameter: delete_parameters(aws, [parameter])),
    Kind("key pairs", _tagged("DescribeKeyPairs", "KeyPairs", "KeyName"), delete_key_pair),
)  # fmt: skip


def strangers_in_vpc(aws: Aws, vpc_id: str) -> list[str]:
    """Return the ids of what others have put into a stax's VPC, and which keeps it from being deleted."""
    in_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    found = []
    for operation, key, identifier in (
        ("DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId"),
        ("DescribeSecurityGroups", "SecurityGroups", "GroupId"),
        ("DescribeSubnets", "Subnets", "SubnetId"),
        ("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"),
    ):
        for item in aws.pages("ec2", operation, key, Filters=in_vpc):
            tags = {tag["Key"] for tag in item.get("Tags") or item.get("TagSet") or ()}
            if "stax:name" not in tags and item.get("GroupName") != "default":
                found.append(item[identifier])
    return found
