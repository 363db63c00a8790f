"""Service quotas: told by the Service Quotas API, and really enforced.

https://docs.aws.amazon.com/general/latest/gr/ec2-service.html#limits_ec2
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from stax_local.desired import World
from stax_local.front.call import Call
from stax_local.front.keyring import Key
from stax_local.service import Caller, Clients, Operation, ServiceError


@dataclass(frozen=True)
class Quota:
    """One quota.  `option` is its name on the command line; `value` what a region has unless told."""

    option: str
    service_code: str
    code: str
    name: str
    aws_default: int
    value: int


QUOTAS = (
    # Amazon's own defaults hold one stax; here several shall fit side by side.
    Quota("elastic-ips", "ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5, 20),
    Quota("vpcs", "vpc", "L-F678F1CE", "VPCs per Region", 5, 20),
    Quota(
        "vcpus", "ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5, 512
    ),
)  # fmt: skip
LIMIT = 100_000
"""Nothing above is meant: a region holds some hundreds of machines."""
_STANDARD = frozenset("acdhimrtz")
_SERVICES = {"ec2": "Amazon Elastic Compute Cloud (Amazon EC2)", "vpc": "Amazon Virtual Private Cloud (Amazon VPC)"}


class Quotas:
    """The quotas of a region: a service, and an admission that refuses what would exceed them."""

    name = "service-quotas"

    def __init__(self, values: Mapping[str, int], clients: Clients, world: Callable[[], World]) -> None:
        self._values = {quota.option: values.get(quota.option, quota.value) for quota in QUOTAS}
        self._clients = clients
        self._world = world
        self._vcpus = cache(self._ask_vcpus)

    def operations(self) -> Mapping[str, Operation]:
        """What of Service Quotas is answered."""
        return {
            "GetServiceQuota": self._get,
            "GetAWSDefaultServiceQuota": self._get_default,
            "ListServiceQuotas": self._list,
            "ListServices": self._list_services,
        }

    def admit(self, call: Call, key: Key) -> None:
        """Raise the ServiceError that AWS answers when the call would exceed a quota.  Under the accounts' lock."""
        check = {
            "AllocateAddress": self._check_addresses,
            "CreateVpc": self._check_vpcs,
            "CreateDefaultVpc": self._check_vpcs,
            "RunInstances": self._check_vcpus,
        }.get(call.operation)
        if check and call.service == "ec2" and call.parameters.get("DryRun") != "true":
            check(call, key)

    def _check_addresses(self, call: Call, _key: Key) -> None:
        used = len(self._clients("ec2", call.region).describe_addresses()["Addresses"])
        if used >= self._values["elastic-ips"]:
            raise ServiceError("AddressLimitExceeded", "The maximum number of addresses has been reached.")

    def _check_vpcs(self, call: Call, key: Key) -> None:
        owner = (key.account_id, call.region)
        if sum((vpc.account_id, vpc.region) == owner for vpc in self._world().vpcs.values()) >= self._values["vpcs"]:
            raise ServiceError("VpcLimitExceeded", "The maximum number of VPCs has been reached.")

    def _check_vcpus(self, call: Call, key: Key) -> None:
        wanted_type = self._instance_type(call)
        count = call.parameters.get("MaxCount", "")
        if wanted_type[:1] not in _STANDARD or not count.isdecimal():
            return  # another quota's business, or refused for its own sake
        used = sum(
            self._vcpus(call.region, instance.instance_type)
            for instance in self._world().instances.values()
            if (instance.account_id, instance.region) == (key.account_id, call.region)
            and instance.state in {"pending", "running"}
            and instance.instance_type[:1] in _STANDARD
        )
        if used + int(count) * self._vcpus(call.region, wanted_type) > self._values["vcpus"]:
            raise ServiceError(
                "VcpuLimitExceeded",
                f"You have requested more vCPU capacity than your current vCPU limit of {self._values['vcpus']} allows "
                "for the instance bucket that the specified instance type belongs to. Please visit "
                "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
            )

    def _instance_type(self, call: Call) -> str:
        """Of the call itself, or of the launch template that it names."""
        asked = call.parameters
        if "InstanceType" in asked:
            return asked["InstanceType"]
        named = {
            name: asked[f"LaunchTemplate.{name}"]
            for name in ("LaunchTemplateId", "LaunchTemplateName")
            if f"LaunchTemplate.{name}" in asked
        }
        if not named:
            return "m1.small"  # what RunInstances takes when nobody says
        try:
            found = self._clients("ec2", call.region).describe_launch_template_versions(
                **named, Versions=[asked.get("LaunchTemplate.Version", "$Default")]
            )
        except ClientError:
            return ""  # no such template: RunInstances says so
        return str(found["LaunchTemplateVersions"][0]["LaunchTemplateData"].get("InstanceType", "m1.small"))

    def _ask_vcpus(self, region: str, instance_type: str) -> int:
        try:
            found = self._clients("ec2", region).describe_instance_types(InstanceTypes=[instance_type])
        except ClientError:
            raise ServiceError("InvalidParameterValue", f"Invalid value '{instance_type}' for InstanceType.") from None
        return int(found["InstanceTypes"][0]["VCpuInfo"]["DefaultVCpus"])

    def _get(self, caller: Caller, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        quota = _find(asked)
        return {"Quota": _shape(quota, self._values[quota.option], caller)}

    def _get_default(self, caller: Caller, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        quota = _find(asked)
        return {"Quota": _shape(quota, quota.aws_default, caller)}

    def _list(self, caller: Caller, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        quotas = [quota for quota in QUOTAS if quota.service_code == asked["ServiceCode"]]
        if not quotas:
            raise _no_such_resource()
        return {"Quotas": [_shape(quota, self._values[quota.option], caller) for quota in quotas]}

    def _list_services(self, _caller: Caller, _asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"Services": [{"ServiceCode": code, "ServiceName": name} for code, name in _SERVICES.items()]}


def _find(asked: Mapping[str, Any]) -> Quota:
    for quota in QUOTAS:
        if (quota.service_code, quota.code) == (asked["ServiceCode"], asked["QuotaCode"]):
            return quota
    raise _no_such_resource()


def _no_such_resource() -> ServiceError:
    known = ", ".join(f"{quota.service_code} {quota.code}" for quota in QUOTAS)
    return ServiceError("NoSuchResourceException", f"The local region has only these quotas: {known}.")


def _shape(quota: Quota, value: int, caller: Caller) -> dict[str, Any]:
    arn = f"arn:aws:servicequotas:{caller.region}:{caller.account_id}:{quota.service_code}/{quota.code}"
    return {
        "ServiceCode": quota.service_code,
        "ServiceName": _SERVICES[quota.service_code],
        "QuotaArn": arn,
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
