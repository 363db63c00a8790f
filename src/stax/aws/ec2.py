"""What EC2 has of a stax, found by the tag stax:name: one reader a kind, AWS's answers made into nouns.

A thing is called by its tag Name without the stax's own name at its end: nat1-demo is nat1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stax.aws.session import Aws
from stax.model.inventory import LaunchTemplate, Machine, NetworkInterface, SecurityGroup, Subnet, Volume

Described = Mapping[str, Any]

INTERNET = "0.0.0.0/0"
# A terminated instance can be seen for about an hour; it is not there any more.
_THERE = ("pending", "running", "stopping", "stopped", "shutting-down")


@dataclass(frozen=True, kw_only=True)
class Vpc:
    """A VPC as far as it is shown."""

    vpc_id: str
    cidr: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RouteTable:
    """A route table and its default route: a next hop and a state, both "" when it has none."""

    name: str
    route_table_id: str
    next_hop: str
    state: str


@dataclass(frozen=True, kw_only=True)
class ElasticIp:
    """An Elastic IP and where it leads."""

    name: str
    allocation_id: str
    public_ip: str
    private_ip: str
    network_interface_id: str
    instance_id: str


def tags(described: Described) -> dict[str, str]:
    """Return the tags of anything that EC2 describes."""
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags", ())}


def short_name(described: Described, stax_name: str) -> str:
    """Return what a thing is called within its stax."""
    return tags(described).get("Name", "").removesuffix(f"-{stax_name}")


def _of(aws: Aws, stax_name: str, operation: str, key: str, *more: Described) -> Iterator[Described]:
    filters = [{"Name": "tag:stax:name", "Values": [stax_name]}, *more]
    return aws.pages("ec2", operation, key, Filters=filters)


def vpcs(aws: Aws, stax_name: str) -> list[Vpc]:
    """Return the stax's VPC; more than one only after an accident."""
    found = _of(aws, stax_name, "DescribeVpcs", "Vpcs")
    return [Vpc(vpc_id=one["VpcId"], cidr=one["CidrBlock"], state=one["State"]) for one in found]


def subnets(aws: Aws, stax_name: str) -> list[Subnet]:
    """Return the subnets, sorted by zone, the public one first."""
    found = [_subnet(one, stax_name) for one in _of(aws, stax_name, "DescribeSubnets", "Subnets")]
    return sorted(found, key=lambda subnet: (subnet.zone, not subnet.name.startswith("public"), subnet.name))


def _subnet(one: Described, stax_name: str) -> Subnet:
    return Subnet(
        name=short_name(one, stax_name),
        subnet_id=one["SubnetId"],
        cidr=one["CidrBlock"],
        zone=one["AvailabilityZone"],
        free_addresses=one["AvailableIpAddressCount"],
    )


def route_tables(aws: Aws, stax_name: str) -> list[RouteTable]:
    """Return the route tables, sorted by name, each with its default route."""
    found = [_route_table(one, stax_name) for one in _of(aws, stax_name, "DescribeRouteTables", "RouteTables")]
    return sorted(found, key=lambda table: table.name)


def _route_table(one: Described, stax_name: str) -> RouteTable:
    routes = [route for route in one.get("Routes", ()) if route.get("DestinationCidrBlock") == INTERNET]
    route = routes[0] if routes else {}
    return RouteTable(
        name=short_name(one, stax_name),
        route_table_id=one["RouteTableId"],
        next_hop=route.get("NetworkInterfaceId") or route.get("GatewayId") or route.get("NatGatewayId") or "",
        state=route.get("State", ""),
    )


def machines(aws: Aws, stax_name: str) -> list[Machine]:
    """Return the instances that are not terminated; docker hosts are numbered from the oldest on."""
    there = {"Name": "instance-state-name", "Values": list(_THERE)}
    reservations = _of(aws, stax_name, "DescribeInstances", "Reservations", there)
    found = [one for reservation in reservations for one in reservation["Instances"]]
    found.sort(key=lambda one: (one["LaunchTime"], one["InstanceId"]))
    hosts = [one["InstanceId"] for one in found if _role(one) == "docker"]
    numbered = {instance_id: f"docker{number}" for number, instance_id in enumerate(hosts, 1)}
    return [_machine(one, numbered.get(one["InstanceId"]) or short_name(one, stax_name)) for one in found]


def _role(one: Described) -> str:
    return tags(one).get("stax:role", "")


def _machine(one: Described, name: str) -> Machine:
    return Machine(
        name=name,
        role=_role(one),
        instance_id=one["InstanceId"],
        state=one["State"]["Name"],
        private_ip=one.get("PrivateIpAddress") or "",
        public_ip=one.get("PublicIpAddress") or "",
        zone=one.get("Placement", {}).get("AvailabilityZone", ""),
        instance_type=one.get("InstanceType", ""),
        image_id=one.get("ImageId", ""),
        launched_at=one["LaunchTime"],
    )


def may_boot(aws: Aws, instance_ids: Sequence[str]) -> bool:
    """Return whether something boots behind the instances, as far as EC2's status checks tell.

    A running instance to which no check applies has no machine behind it, as in a control plane alone.
    """
    if not instance_ids:
        return True
    found = aws.pages("ec2", "DescribeInstanceStatus", "InstanceStatuses", InstanceIds=list(instance_ids))
    statuses = [one.get("InstanceStatus", {}).get("Status", "") for one in found]
    return not statuses or any(status != "not-applicable" for status in statuses)


def volumes(aws: Aws, stax_name: str, machine_names: Mapping[str, str]) -> list[Volume]:
    """Return the volumes, sorted by machine; `machine_names` tells a machine's name by its instance id."""
    found = [_volume(one, machine_names) for one in _of(aws, stax_name, "DescribeVolumes", "Volumes")]
    return sorted(found, key=lambda volume: (volume.machine, volume.volume_id))


def _volume(one: Described, machine_names: Mapping[str, str]) -> Volume:
    attached = [attachment.get("InstanceId", "") for attachment in one.get("Attachments", ())]
    return Volume(
        volume_id=one["VolumeId"],
        machine=machine_names.get(attached[0], attached[0]) if attached else "",
        size_gib=one["Size"],
        volume_type=one.get("VolumeType", ""),
        encrypted=bool(one.get("Encrypted")),
        state=one["State"],
    )


def security_groups(aws: Aws, stax_name: str) -> list[SecurityGroup]:
    """Return the security groups, sorted by name."""
    found = _of(aws, stax_name, "DescribeSecurityGroups", "SecurityGroups")
    groups = (
        SecurityGroup(
            group_id=one["GroupId"],
            name=short_name(one, stax_name),
            ingress_rules=_rules(one.get("IpPermissions", ())),
            egress_rules=_rules(one.get("IpPermissionsEgress", ())),
        )
        for one in found
    )
    return sorted(groups, key=lambda group: group.name)


def _rules(permissions: Iterator[Described]) -> int:
    """Count rules as the console does: one for each source or destination of a permission."""
    sources = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")
    return sum(len(permission.get(source, ())) for permission in permissions for source in sources)


def elastic_ips(aws: Aws, stax_name: str) -> list[ElasticIp]:
    """Return the Elastic IPs, sorted by name.  EC2 tells them all in one page."""
    filters = [{"Name": "tag:stax:name", "Values": [stax_name]}]
    found = aws.call("ec2", "DescribeAddresses", Filters=filters)["Addresses"]
    return sorted((_elastic_ip(one, stax_name) for one in found), key=lambda address: address.name)


def _elastic_ip(one: Described, stax_name: str) -> ElasticIp:
    return ElasticIp(
        name=short_name(one, stax_name),
        allocation_id=one["AllocationId"],
        public_ip=one.get("PublicIp", ""),
        private_ip=one.get("PrivateIpAddress") or "",
        network_interface_id=one.get("NetworkInterfaceId") or "",
        instance_id=one.get("InstanceId") or "",
    )


def network_interfaces(aws: Aws, stax_name: str, machine_names: Mapping[str, str]) -> list[NetworkInterface]:
    """Return the network interfaces, sorted by machine; `machine_names` as for volumes."""
    described = _of(aws, stax_name, "DescribeNetworkInterfaces", "NetworkInterfaces")
    found = [_network_interface(one, stax_name, machine_names) for one in described]
    return sorted(found, key=lambda one: (one.machine or one.name, one.network_interface_id))


def _network_interface(one: Described, stax_name: str, machine_names: Mapping[str, str]) -> NetworkInterface:
    # EC2's clients call an interface's tags TagSet, unlike everything else's.
    named = {"Tags": one.get("TagSet") or one.get("Tags") or ()}
    instance_id = one.get("Attachment", {}).get("InstanceId", "")
    addresses = [address["PrivateIpAddress"] for address in one.get("PrivateIpAddresses", ())]
    return NetworkInterface(
        network_interface_id=one["NetworkInterfaceId"],
        name=short_name(named, stax_name),
        machine=machine_names.get(instance_id, instance_id),
        subnet_id=one.get("SubnetId", ""),
        private_ips=tuple(addresses or filter(None, [one.get("PrivateIpAddress")])),
        source_dest_check=bool(one.get("SourceDestCheck", True)),
        status=one.get("Status", ""),
    )


def launch_templates(aws: Aws, stax_name: str) -> list[LaunchTemplate]:
    """Return the launch templates, sorted by name."""
    found = _of(aws, stax_name, "DescribeLaunchTemplates", "LaunchTemplates")
    templates = (
        LaunchTemplate(
            launch_template_id=one["LaunchTemplateId"],
            name=one["LaunchTemplateName"],
            latest_version=one["LatestVersionNumber"],
        )
        for one in found
    )
    return sorted(templates, key=lambda template: template.name)
