"""VPCs, subnets, gateways and route tables, as EC2 answers."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import dry_run, networks

mends = pytest.mark.mends(networks.PATCH)


def table(account: Any, vpc_id: str) -> str:
    table_id: str = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    return table_id


@mends
def test_a_subnet_lies_in_a_zone_of_its_region(account: Any) -> None:
    with pytest.raises(ClientError, match="availabilityZone is invalid"):
        account.subnet(zone="eu-west-1a")


@mends
def test_a_subnet_has_a_smallest_size(account: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidSubnet\.Range"):
        account.subnet(cidr_block="10.0.1.0/30")


@mends
def test_blocks_are_made_canonical(account: Any) -> None:
    vpc = account.ec2.create_vpc(CidrBlock="10.0.7.9/16")["Vpc"]
    subnet = account.ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.0.1.77/24")["Subnet"]

    assert (vpc["CidrBlock"], subnet["CidrBlock"]) == ("10.0.0.0/16", "10.0.1.0/24")


@mends
def test_a_subnet_has_one_route_table(account: Any) -> None:
    vpc_id = account.vpc()
    subnet_id = account.subnet(vpc_id)
    account.ec2.associate_route_table(RouteTableId=table(account, vpc_id), SubnetId=subnet_id)

    with pytest.raises(ClientError, match=r"Resource\.AlreadyAssociated"):
        account.ec2.associate_route_table(RouteTableId=table(account, vpc_id), SubnetId=subnet_id)


@mends
def test_the_main_route_table_stays(account: Any) -> None:
    wanted = [{"Name": "vpc-id", "Values": [account.vpc()]}]
    (main,) = account.ec2.describe_route_tables(Filters=wanted)["RouteTables"]

    with pytest.raises(ClientError, match="DependencyViolation"):
        account.ec2.delete_route_table(RouteTableId=main["RouteTableId"])


@mends
def test_the_local_route_stays(account: Any) -> None:
    table_id = table(account, account.vpc())

    with pytest.raises(ClientError, match="cannot remove local route"):
        account.ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock="10.0.0.0/16")


@mends
def test_a_vpc_has_one_internet_gateway(account: Any) -> None:
    vpc_id = account.vpc()
    first, second = (account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"] for _ in range(2))
    account.ec2.attach_internet_gateway(InternetGatewayId=first, VpcId=vpc_id)

    with pytest.raises(ClientError, match="already has an internet gateway"):
        account.ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=vpc_id)


@mends
def test_the_default_vpc_has_a_way_out(account: Any) -> None:
    (vpc,) = account.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]

    wanted = [{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}]
    assert len(account.ec2.describe_internet_gateways(Filters=wanted)["InternetGateways"]) == 1


@pytest.mark.mends(dry_run.PATCH)
def test_a_dry_run_makes_nothing(account: Any) -> None:
    before = len(account.ec2.describe_vpcs()["Vpcs"])

    with pytest.raises(ClientError, match="DryRunOperation"):
        account.ec2.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True)

    assert len(account.ec2.describe_vpcs()["Vpcs"]) == before
