"""What the account may still make, and what the zones offer."""

from collections.abc import Iterable
from dataclasses import dataclass

from stax.aws.session import Aws


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many of something the account may have, and has."""

    subject: str
    limit: int
    used: int

    @property
    def left(self) -> int:
        """How many more may be made."""
        return self.limit - self.used


def elastic_ips(aws: Aws) -> Quota:
    """Return the quota of Elastic IPs."""
    used = len(aws.call("ec2", "DescribeAddresses")["Addresses"])
    return Quota(subject="Elastic IPs", limit=_limit(aws, "ec2", "L-0263D0A3"), used=used)


def vpcs(aws: Aws) -> Quota:
    """Return the quota of VPCs."""
    used = sum(1 for _ in aws.pages("ec2", "DescribeVpcs", "Vpcs"))
    return Quota(subject="VPCs", limit=_limit(aws, "vpc", "L-F678F1CE"), used=used)


def vcpus(aws: Aws) -> Quota:
    """Return the quota of vCPUs of on-demand standard instances (families A, C, D, H, I, M, R, T, Z)."""
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    used = sum(
        instance.get("CpuOptions", {}).get("CoreCount", 1) * instance.get("CpuOptions", {}).get("ThreadsPerCore", 1)
        for reservation in aws.pages("ec2", "DescribeInstances", "Reservations", Filters=running)
        for instance in reservation["Instances"]
        if instance.get("InstanceLifecycle") != "spot" and instance["InstanceType"][0] in "acdhimrtz"
    )
    return Quota(subject="vCPUs of running machines", limit=_limit(aws, "ec2", "L-1216C47A"), used=used)


def vcpus_by_type(aws: Aws, instance_types: Iterable[str]) -> dict[str, int]:
    """Return how many vCPUs each instance type has."""
    wanted = sorted(set(instance_types))
    items = aws.pages("ec2", "DescribeInstanceTypes", "InstanceTypes", InstanceTypes=wanted)
    return {item["InstanceType"]: item["VCpuInfo"]["DefaultVCpus"] for item in items}


def zones(aws: Aws) -> list[str]:
    """Return the region's availability zones that this account may use, in AWS's order."""
    filters = [{"Name": "state", "Values": ["available"]}, {"Name": "zone-type", "Values": ["availability-zone"]}]
    answer = aws.call("ec2", "DescribeAvailabilityZones", Filters=filters)
    return sorted(zone["ZoneName"] for zone in answer["AvailabilityZones"])


def offerings(aws: Aws, instance_types: Iterable[str]) -> dict[str, set[str]]:
    """Return, for each of the instance types, the zones that offer it."""
    wanted = sorted(set(instance_types))
    filters = [{"Name": "instance-type", "Values": wanted}]
    found: dict[str, set[str]] = {name: set() for name in wanted}
    for item in aws.pages(
        "ec2",
        "DescribeInstanceTypeOfferings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=filters,
    ):
        found.setdefault(item["InstanceType"], set()).add(item["Location"])
    return found


def _limit(aws: Aws, service: str, code: str) -> int:
    answer = aws.call("service-quotas", "GetServiceQuota", ServiceCode=service, QuotaCode=code)
    return int(answer["Quota"]["Value"])
