"""Routes, as EC2 answers."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator import transition
from stax_local.emulator.patches import routes

mends = pytest.mark.mends(routes.PATCH)

ANYWHERE = "0.0.0.0/0"


class Routed:
    """A private subnet whose route table sends everything to a NAT box."""

    def __init__(self, account: Any) -> None:
        self.account, self.ec2 = account, account.ec2
        self.vpc_id = account.vpc()
        self.subnet_id = account.subnet(self.vpc_id)
        self.interface_id = account.interface(self.subnet_id)
        self.instance_id = account.launch(interface_id=self.interface_id)
        self.table_id = self.ec2.create_route_table(VpcId=self.vpc_id)["RouteTable"]["RouteTableId"]

    def create(self, **target: str) -> None:
        self.ec2.create_route(RouteTableId=self.table_id, DestinationCidrBlock=ANYWHERE, **target)

    def replace(self, **target: str) -> None:
        self.ec2.replace_route(RouteTableId=self.table_id, DestinationCidrBlock=ANYWHERE, **target)

    def gateway(self) -> str:
        gateway_id: str = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=self.vpc_id)
        return gateway_id

    @property
    def route(self) -> dict[str, Any]:
        (table,) = self.ec2.describe_route_tables(RouteTableIds=[self.table_id])["RouteTables"]
        return next(route for route in table["Routes"] if route["DestinationCidrBlock"] == ANYWHERE)


@mends
def test_a_route_to_an_instance_names_its_interface_too(account: Any) -> None:
    routed = Routed(account)

    routed.create(InstanceId=routed.instance_id)

    assert routed.route["NetworkInterfaceId"] == routed.interface_id
    assert routed.route["InstanceId"] == routed.instance_id


@mends
def test_a_route_to_an_interface_names_its_instance_too(account: Any) -> None:
    routed = Routed(account)

    routed.create(NetworkInterfaceId=routed.interface_id)

    assert routed.route["InstanceId"] == routed.instance_id


@mends
def test_a_route_is_a_black_hole_while_its_instance_does_not_run(account: Any) -> None:
    routed = Routed(account)
    routed.create(NetworkInterfaceId=routed.interface_id)
    assert routed.route["State"] == "active"

    account.ec2.stop_instances(InstanceIds=[routed.instance_id])
    transition.stopped(routed.instance_id)
    assert routed.route["State"] == "blackhole"

    account.ec2.start_instances(InstanceIds=[routed.instance_id])
    transition.running(routed.instance_id)
    assert routed.route["State"] == "active"


@mends
def test_a_route_is_a_black_hole_when_its_interface_is_deleted(account: Any) -> None:
    routed = Routed(account)
    routed.create(NetworkInterfaceId=routed.interface_id)

    account.terminate(routed.instance_id)
    account.ec2.delete_network_interface(NetworkInterfaceId=routed.interface_id)

    assert routed.route["State"] == "blackhole"


@mends
def test_a_route_is_a_black_hole_when_its_gateway_is_detached(account: Any) -> None:
    routed = Routed(account)
    gateway_id = routed.gateway()
    routed.create(GatewayId=gateway_id)
    assert routed.route["State"] == "active"

    account.ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=routed.vpc_id)

    assert routed.route["State"] == "blackhole"


@mends
def test_replacing_a_route_with_what_does_not_exist_changes_nothing(account: Any) -> None:
    routed = Routed(account)
    routed.create(GatewayId=routed.gateway())
    before = routed.route

    with pytest.raises(ClientError, match="InvalidNetworkInterfaceID"):
        routed.replace(NetworkInterfaceId="eni-0123456789abcdef0")

    assert routed.route == before


@mends
def test_creating_a_route_twice_is_refused(account: Any) -> None:
    routed = Routed(account)
    routed.create(NetworkInterfaceId=routed.interface_id)

    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        routed.create(NetworkInterfaceId=routed.interface_id)


@mends
def test_a_route_needs_a_target(account: Any) -> None:
    with pytest.raises(ClientError, match="exactly one"):
        Routed(account).create()


def test_replacing_a_route_that_is_not_there_is_refused(account: Any) -> None:
    routed = Routed(account)

    with pytest.raises(ClientError, match="no route defined"):
        routed.replace(NetworkInterfaceId=routed.interface_id)


def test_a_route_moves_from_one_box_to_the_other(account: Any) -> None:
    routed = Routed(account)
    routed.create(NetworkInterfaceId=routed.interface_id)
    other = account.interface(routed.subnet_id)
    account.launch(interface_id=other)

    routed.replace(NetworkInterfaceId=other)

    assert (routed.route["NetworkInterfaceId"], routed.route["State"]) == (other, "active")


@mends
def test_a_destination_is_made_canonical(account: Any) -> None:
    vpc_id = account.vpc()
    table = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    gateway = account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)

    account.ec2.create_route(RouteTableId=table, DestinationCidrBlock="198.51.100.77/24", GatewayId=gateway)

    (shown,) = account.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert "198.51.100.0/24" in [route["DestinationCidrBlock"] for route in shown["Routes"]]


@mends
def test_a_gateway_of_no_vpc_or_of_another_is_refused(account: Any) -> None:
    table = account.ec2.create_route_table(VpcId=account.vpc())["RouteTable"]["RouteTableId"]
    gateway = account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]

    with pytest.raises(ClientError, match="belong to different networks"):
        account.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
