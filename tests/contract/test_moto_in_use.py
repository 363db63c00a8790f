"""What is in use is not deleted, as EC2 refuses it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import in_use

mends = pytest.mark.mends(in_use.PATCH)


def group(account: Any, vpc_id: str, name: str = "mine") -> str:
    made = account.ec2.create_security_group(GroupName=name, Description="of a test", VpcId=vpc_id)
    group_id: str = made["GroupId"]
    return group_id


@mends
def test_a_subnet_with_an_interface_stays(account: Any) -> None:
    subnet_id = account.subnet()
    account.interface(subnet_id)

    with pytest.raises(ClientError, match="DependencyViolation"):
        account.ec2.delete_subnet(SubnetId=subnet_id)


@mends
def test_a_security_group_on_an_interface_stays(account: Any) -> None:
    vpc_id = account.vpc()
    group_id = group(account, vpc_id)
    account.interface(account.subnet(vpc_id), Groups=[group_id])

    with pytest.raises(ClientError, match="DependencyViolation"):
        account.ec2.delete_security_group(GroupId=group_id)


@mends
def test_a_security_group_that_another_names_stays(account: Any) -> None:
    vpc_id = account.vpc()
    named, other = group(account, vpc_id), group(account, vpc_id, "other")
    account.ec2.authorize_security_group_ingress(
        GroupId=other, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": named}]}]
    )

    with pytest.raises(ClientError, match="DependencyViolation"):
        account.ec2.delete_security_group(GroupId=named)


@mends
def test_the_default_security_group_stays(account: Any) -> None:
    filters = [{"Name": "vpc-id", "Values": [account.vpc()]}]
    (default,) = account.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]

    with pytest.raises(ClientError, match="CannotDelete"):
        account.ec2.delete_security_group(GroupId=default["GroupId"])


@mends
def test_an_attached_interface_stays(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    account.launch(interface_id=interface_id)

    with pytest.raises(ClientError, match="currently in use"):
        account.ec2.delete_network_interface(NetworkInterfaceId=interface_id)


def test_a_vpc_with_its_gateway_stays(account: Any) -> None:
    vpc_id = account.vpc()
    gateway_id = account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)

    with pytest.raises(ClientError, match="DependencyViolation"):
        account.ec2.delete_vpc(VpcId=vpc_id)


@mends
def test_a_gateway_stays_while_public_addresses_are_mapped(account: Any) -> None:
    vpc_id = account.vpc()
    gateway_id = account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    allocation_id, _ = account.elastic_ip()
    interface_id = account.interface(account.subnet(vpc_id))
    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=interface_id)

    with pytest.raises(ClientError, match="mapped public address"):
        account.ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)


@mends
def test_a_vpc_takes_what_it_was_born_with_along(account: Any) -> None:
    vpc_id = account.vpc()

    account.ec2.delete_vpc(VpcId=vpc_id)

    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    assert not account.ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    assert not account.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    assert not account.ec2.describe_route_tables(Filters=filters)["RouteTables"]


@mends
def test_an_interface_is_not_given_a_group_that_does_not_exist(account: Any) -> None:
    with pytest.raises(ClientError, match="InvalidGroup"):
        account.interface(account.subnet(), Groups=["sg-0123456789abcdef0"])


@mends
def test_a_deleted_subnet_leaves_its_route_table(account: Any) -> None:
    vpc_id = account.vpc()
    subnet_id = account.subnet(vpc_id)
    table_id = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    account.ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)

    account.ec2.delete_subnet(SubnetId=subnet_id)

    account.ec2.delete_route_table(RouteTableId=table_id)
