"""Filters that people use, as EC2 understands them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import filters

mends = pytest.mark.mends(filters.PATCH)


def by(**values: str) -> list[dict[str, Any]]:
    return [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in values.items()]


@mends
def test_an_interface_is_found_by_its_public_address(account: Any) -> None:
    subnet_id = account.subnet()
    interface_id = account.interface(subnet_id)
    account.interface(subnet_id)
    allocation_id, address = account.elastic_ip()
    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=interface_id)

    wanted = [{"Name": "association.public-ip", "Values": [address]}]
    found = account.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]

    assert [interface["NetworkInterfaceId"] for interface in found] == [interface_id]


@mends
def test_an_interface_is_found_by_a_secondary_address(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    account.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.1.77"])

    wanted = [{"Name": "addresses.private-ip-address", "Values": ["10.0.1.77"]}]
    found = account.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]

    assert [interface["NetworkInterfaceId"] for interface in found] == [interface_id]


@mends
def test_an_address_is_found_by_the_owner_of_its_interface(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    allocation_id, address = account.elastic_ip()
    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=interface_id)

    wanted = by(network_interface_owner_id="123456789012")
    found = account.ec2.describe_addresses(Filters=wanted)["Addresses"]

    assert [one["PublicIp"] for one in found] == [address]


@mends
def test_a_route_table_is_found_by_the_interface_it_sends_to(account: Any) -> None:
    vpc_id = account.vpc()
    interface_id = account.interface(account.subnet(vpc_id))
    table_id = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    account.ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=interface_id)

    wanted = [{"Name": "route.network-interface-id", "Values": [interface_id]}]
    found = account.ec2.describe_route_tables(Filters=wanted)["RouteTables"]

    assert [table["RouteTableId"] for table in found] == [table_id]


@mends
def test_an_instance_is_found_by_its_interface(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    instance_id = account.launch(interface_id=interface_id)

    wanted = [{"Name": "network-interface.network-interface-id", "Values": [interface_id]}]
    (reservation,) = account.ec2.describe_instances(Filters=wanted)["Reservations"]

    assert [instance["InstanceId"] for instance in reservation["Instances"]] == [instance_id]


@mends
def test_a_filter_that_does_not_exist_is_refused_by_name(account: Any) -> None:
    account.launch(SubnetId=account.subnet())

    with pytest.raises(ClientError, match="'no-such-filter' is invalid"):
        account.ec2.describe_instances(Filters=by(no_such_filter="x"))
