"""What templates and their parameters ask of the account: zones, images, key pairs, SSM parameters, exports."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.records import Account

_QUERIES: Mapping[str, tuple[str, str, str]] = {
    "AWS::EC2::AvailabilityZone::Name": ("describe_availability_zones", "ZoneNames", "AvailabilityZones"),
    "AWS::EC2::Image::Id": ("describe_images", "ImageIds", "Images"),
    "AWS::EC2::Instance::Id": ("describe_instances", "InstanceIds", "Reservations"),
    "AWS::EC2::KeyPair::KeyName": ("describe_key_pairs", "KeyNames", "KeyPairs"),
    "AWS::EC2::SecurityGroup::GroupName": ("describe_security_groups", "GroupNames", "SecurityGroups"),
    "AWS::EC2::SecurityGroup::Id": ("describe_security_groups", "GroupIds", "SecurityGroups"),
    "AWS::EC2::Subnet::Id": ("describe_subnets", "SubnetIds", "Subnets"),
    "AWS::EC2::Volume::Id": ("describe_volumes", "VolumeIds", "Volumes"),
    "AWS::EC2::VPC::Id": ("describe_vpcs", "VpcIds", "Vpcs"),
}
"""AWS-specific parameter type → EC2's operation, its argument, its answer."""


class AccountLookup:
    """The account as parameters and intrinsic functions see it; zones are asked for once."""

    def __init__(self, account: Account, client_of: Callable[[str, str], Any]) -> None:
        self._account = account
        self._client_of = client_of
        self._zones: dict[str, list[str]] = {}

    def exists(self, aws_type: str, value: str) -> bool:
        """Say whether a value of an AWS-specific parameter type exists."""
        operation, argument, answer = _QUERIES[aws_type]
        try:
            found = getattr(self._client_of("ec2", self._account.region), operation)(**{argument: [value]})
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 400:
                return False
            raise
        return bool(found[answer])

    def ssm_value(self, name: str) -> str | None:
        """Return what an SSM parameter holds, None when there is none."""
        try:
            found = self._client_of("ssm", self._account.region).get_parameter(Name=name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 400:
                return None
            raise
        return str(found["Parameter"]["Value"])

    def zones(self, region: str) -> list[str]:
        """Return the names of a region's availability zones ('' is the stack's own region)."""
        region = region or self._account.region
        if region not in self._zones:
            found = self._client_of("ec2", region).describe_availability_zones()["AvailabilityZones"]
            self._zones[region] = sorted(each["ZoneName"] for each in found)
        return self._zones[region]

    def imported(self, name: str) -> Any:
        """Return the value exported under a name; raises TemplateError when there is none."""
        exported = self._account.exports().get(name)
        if exported is None:
            raise TemplateError(f"No export named {name} found.")
        return exported[1].value
