from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from stax.aws import ec2
from stax.aws.session import Aws
from stax.model.inventory import Machine

NAMES = {"i-1": "nat1"}


class Ec2(Aws):
    """Answers every question with what it was made of, and remembers the filters it was asked with."""

    def __init__(self, *described: dict[str, Any]) -> None:
        self.described = described
        self.filters: list[dict[str, Any]] = []

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        self.filters = parameters["Filters"]
        return iter(self.described)

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        self.filters = parameters["Filters"]
        return {"Addresses": list(self.described)}


def tagged(name: str, **described: Any) -> dict[str, Any]:
    return {
        "Tags": [{"Key": "Name", "Value": name}, {"Key": "stax:role", "Value": described.pop("role", "")}],
        **described,
    }


def instance(number: int, role: str = "docker", **more: Any) -> dict[str, Any]:
    launched_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    name = {"docker": "docker-demo", "nat": "nat1-demo"}[role]
    state = {"Name": "running"}
    described = tagged(name, role=role, InstanceId=f"i-{number}", LaunchTime=launched_at, State=state, **more)
    return {"Instances": [described]}


def test_only_what_carries_the_staxs_name_is_asked_for():
    aws = Ec2()

    ec2.volumes(aws, "demo", {})

    assert aws.filters == [{"Name": "tag:stax:name", "Values": ["demo"]}]


def test_docker_hosts_are_numbered_from_the_oldest_on():
    found = ec2.machines(Ec2(instance(3), instance(1), instance(2, role="nat")), "demo")

    assert [(machine.name, machine.instance_id) for machine in found] == [
        ("docker1", "i-1"),
        ("nat1", "i-2"),
        ("docker2", "i-3"),
    ]


def test_a_terminated_machine_is_not_there():
    aws = Ec2()

    ec2.machines(aws, "demo")

    assert "terminated" not in aws.filters[1]["Values"]


def test_a_machine_that_is_just_starting_has_no_addresses_yet():
    (machine,) = ec2.machines(Ec2(instance(1, role="nat")), "demo")

    assert isinstance(machine, Machine)
    assert (machine.private_ip, machine.public_ip, machine.zone) == ("", "", "")


def test_a_route_table_without_default_route_has_no_next_hop():
    local = {"DestinationCidrBlock": "10.183.0.0/16", "GatewayId": "local", "State": "active"}

    (table,) = ec2.route_tables(Ec2(tagged("private1-demo", RouteTableId="rtb-1", Routes=[local])), "demo")

    assert (table.name, table.next_hop, table.state) == ("private1", "", "")


def test_the_default_routes_next_hop_is_an_interface_or_a_gateway():
    to_interface = {"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-1", "State": "blackhole"}
    to_gateway = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}

    tables = ec2.route_tables(
        Ec2(
            tagged("public-demo", RouteTableId="rtb-2", Routes=[to_gateway]),
            tagged("private1-demo", RouteTableId="rtb-1", Routes=[to_interface]),
        ),
        "demo",
    )

    assert [(table.name, table.next_hop, table.state) for table in tables] == [
        ("private1", "eni-1", "blackhole"),
        ("public", "igw-1", "active"),
    ]


def test_a_volume_names_the_machine_it_hangs_on():
    attached = tagged(
        "x", VolumeId="vol-1", Size=8, State="in-use", Encrypted=True, Attachments=[{"InstanceId": "i-1"}]
    )
    foreign = tagged("x", VolumeId="vol-2", Size=8, State="in-use", Attachments=[{"InstanceId": "i-9"}])
    loose = tagged("x", VolumeId="vol-3", Size=8, State="available")

    found = ec2.volumes(Ec2(attached, foreign, loose), "demo", NAMES)

    assert {volume.volume_id: volume.machine for volume in found} == {"vol-1": "nat1", "vol-2": "i-9", "vol-3": ""}


def test_rules_are_counted_by_source():
    permission: dict[str, Any] = {"IpRanges": [{}, {}], "UserIdGroupPairs": [{}]}

    (group,) = ec2.security_groups(Ec2(tagged("nat-demo", GroupId="sg-1", IpPermissions=[permission])), "demo")

    assert (group.name, group.ingress_rules, group.egress_rules) == ("nat", 3, 0)


def test_an_interface_knows_its_name_machine_and_addresses():
    described = {
        "NetworkInterfaceId": "eni-1",
        "TagSet": [{"Key": "Name", "Value": "nat1-demo"}],
        "Attachment": {"InstanceId": "i-1"},
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.4"}, {"PrivateIpAddress": "10.0.0.5"}],
        "SourceDestCheck": False,
    }

    (interface,) = ec2.network_interfaces(Ec2(described), "demo", NAMES)

    assert (interface.name, interface.machine, interface.source_dest_check) == ("nat1", "nat1", False)
    assert interface.private_ips == ("10.0.0.4", "10.0.0.5")


def test_an_address_that_leads_nowhere_is_told_so():
    (address,) = ec2.elastic_ips(Ec2(tagged("nat1-demo", AllocationId="eipalloc-1", PublicIp="203.0.113.9")), "demo")

    assert (address.name, address.public_ip, address.network_interface_id) == ("nat1", "203.0.113.9", "")
