"""Every field of the world is read from the place where moto keeps it: each changed by the API, and seen."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax_local.desired import ElasticIp, InternetGateway, MetadataOptions, PrivateAddress, Route, Rule, Subnet, Vpc
from stax_local.emulator import transition

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl test"

World = Callable[[], Any]


def test_vpcs(account: Any, world: World) -> None:
    vpc_id = account.vpc()
    account.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    account.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": False})

    assert world().vpcs[vpc_id] == Vpc(
        vpc_id, "123456789012", "us-east-1", ("10.0.0.0/16",), is_default=False, dns_support=False, dns_hostnames=True
    )
    assert [vpc.is_default for vpc in world().vpcs.values()].count(True) == 1


def test_subnets_and_the_table_in_force_for_them(account: Any, world: World) -> None:
    vpc_id = account.vpc()
    subnet_id = account.subnet(vpc_id, zone="us-east-1c")
    (main,) = [table.id for table in world().route_tables.values() if table.vpc_id == vpc_id]

    assert world().subnets[subnet_id] == Subnet(
        subnet_id, vpc_id, "10.0.1.0/24", "us-east-1c", main, maps_public_ip_on_launch=False
    )

    table_id = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    account.ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)
    account.ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": True})

    assert world().subnets[subnet_id].route_table_id == table_id
    assert world().subnets[subnet_id].maps_public_ip_on_launch


def test_route_tables_and_their_routes(account: Any, world: World) -> None:
    vpc_id = account.vpc()
    subnet_id = account.subnet(vpc_id)
    interface_id = account.interface(subnet_id)
    account.launch(interface_id=interface_id)
    gateway_id = account.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    table_id = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    association_id = account.ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)["AssociationId"]
    for destination, target in (
        ("0.0.0.0/0", {"GatewayId": gateway_id}),
        ("192.168.0.0/16", {"NetworkInterfaceId": interface_id}),
    ):
        account.ec2.create_route(RouteTableId=table_id, DestinationCidrBlock=destination, **target)
    account.ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)

    table = world().route_tables[table_id]

    assert (table.vpc_id, table.is_main, table.associations) == (vpc_id, False, ((association_id, subnet_id),))
    assert table.routes == (
        Route("0.0.0.0/0", "internet-gateway", gateway_id, "blackhole"),
        Route("10.0.0.0/16", "local", "", "active"),
        Route("192.168.0.0/16", "network-interface", interface_id, "active"),
    )
    account.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    assert world().route_tables[table_id].routes[0].state == "active"
    assert world().internet_gateways[gateway_id] == InternetGateway(gateway_id, vpc_id)


def test_a_route_to_an_instance_is_one_to_its_interface(account: Any, world: World) -> None:
    vpc_id = account.vpc()
    interface_id = account.interface(account.subnet(vpc_id))
    instance_id = account.launch(interface_id=interface_id)
    table_id = account.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]

    account.ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", InstanceId=instance_id)

    assert world().route_tables[table_id].routes[0] == Route("0.0.0.0/0", "network-interface", interface_id, "active")


def test_security_groups_and_their_rules(account: Any, world: World) -> None:
    vpc_id = account.vpc()
    group_id = account.ec2.create_security_group(GroupName="nat", Description="of a test", VpcId=vpc_id)["GroupId"]
    account.ec2.authorize_security_group_ingress(
        GroupId=group_id,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group_id}]},
            {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        ],
    )
    account.ec2.describe_security_group_rules()

    group = world().security_groups[group_id]

    assert (group.name, group.vpc_id) == ("nat", vpc_id)
    assert set(group.ingress) == {
        Rule("tcp", 22, 22, cidr_block="10.0.0.0/8"),
        Rule("-1", None, None, group_id=group_id),
        Rule("icmp", 8, -1, cidr_block="0.0.0.0/0"),
    }
    assert group.egress == (Rule("-1", None, None, cidr_block="0.0.0.0/0"),)


def test_network_interfaces_and_their_addresses(account: Any, world: World) -> None:
    vpc_id = account.vpc()
    subnet_id = account.subnet(vpc_id)
    interface_id = account.interface(subnet_id, SecondaryPrivateIpAddressCount=1)
    instance_id = account.launch(interface_id=interface_id)
    account.ec2.modify_network_interface_attribute(NetworkInterfaceId=interface_id, SourceDestCheck={"Value": False})
    allocation_id, address = account.elastic_ip()
    association = account.ec2.associate_address(
        AllocationId=allocation_id, NetworkInterfaceId=interface_id, PrivateIpAddress="10.0.1.5"
    )

    interface = world().network_interfaces[interface_id]

    assert (interface.vpc_id, interface.subnet_id, interface.instance_id) == (vpc_id, subnet_id, instance_id)
    assert interface.addresses == (
        PrivateAddress("10.0.1.4", is_primary=True),
        PrivateAddress("10.0.1.5", is_primary=False, public_ip=address, allocation_id=allocation_id),
    )
    assert (interface.source_dest_check, interface.device_index) == (False, 0)
    assert interface.mac_address == account.shown(interface_id)["MacAddress"]
    assert list(interface.group_ids) == [group["GroupId"] for group in account.shown(interface_id)["Groups"]]
    assert world().elastic_ips[allocation_id] == ElasticIp(
        allocation_id, address, association["AssociationId"], interface_id, "10.0.1.5"
    )


def test_an_address_lent_by_amazon_goes_while_the_machine_is_stopped(account: Any, world: World) -> None:
    subnet_id = account.subnet()
    account.ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": True})
    instance_id = account.launch(SubnetId=subnet_id)

    def lent() -> str:
        (interface,) = world().network_interfaces.values()
        return str(interface.addresses[0].public_ip)

    assert lent().startswith("198.51.100.")
    account.ec2.stop_instances(InstanceIds=[instance_id])
    transition.stopped(instance_id)
    assert lent() == ""


def test_instances(account: Any, world: World) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="nat", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    profile = iam.create_instance_profile(InstanceProfileName="nat")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="nat", RoleName="nat")
    account.ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=PUBLIC_KEY.encode())
    subnet_id = account.subnet(zone="us-east-1b")
    metadata = {
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 3,
        "HttpEndpoint": "enabled",
        "InstanceMetadataTags": "enabled",
    }
    instance_id = account.launch_pending(
        SubnetId=subnet_id,
        KeyName="mine",
        UserData="hello",
        IamInstanceProfile={"Name": "nat"},
        MetadataOptions=metadata,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "stax:role", "Value": "nat"}]}],
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "VolumeType": "gp3", "Encrypted": True}}
        ],
    )

    instance = world().instances[instance_id]

    assert (instance.account_id, instance.region, instance.state) == ("123456789012", "us-east-1", "pending")
    assert (instance.image_id, instance.instance_type, instance.architecture) == (account.image(), "t3.micro", "x86_64")
    assert base64.b64decode(instance.user_data) == b"hello"
    assert (instance.key_name, instance.public_key) == ("mine", PUBLIC_KEY)
    assert (instance.instance_profile_arn, instance.role_name) == (profile, "nat")
    assert instance.metadata_options == MetadataOptions(
        endpoint_enabled=True, tokens_required=True, hop_limit=3, tags_enabled=True
    )
    assert instance.tags == {"stax:role": "nat"}
    assert abs(instance.launch_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert (instance.availability_zone, instance.subnet_id) == ("us-east-1b", subnet_id)
    assert instance.vpc_id == world().subnets[subnet_id].vpc_id
    assert list(instance.network_interface_ids) == list(world().network_interfaces)
    (volume,) = instance.volumes
    assert (volume.device_name, volume.size_gib, volume.volume_type) == ("/dev/xvda", 9, "gp3")
    assert (volume.encrypted, volume.delete_on_termination) == (True, True)
    assert (instance.boot, instance.impaired) == (1, False)


@pytest.mark.parametrize("option", [{"HttpEndpoint": "disabled"}])
def test_a_metadata_service_that_is_off_is_seen(account: Any, world: World, option: dict[str, Any]) -> None:
    instance_id = account.launch(SubnetId=account.subnet(), MetadataOptions=option)

    assert not world().instances[instance_id].metadata_options.endpoint_enabled


def test_a_machine_that_does_not_answer_is_seen(account: Any, world: World) -> None:
    instance_id = account.launch(SubnetId=account.subnet())

    transition.impaired(instance_id)

    assert world().instances[instance_id].impaired


def test_what_did_not_change_compares_equal(account: Any, world: World) -> None:
    account.launch(SubnetId=account.subnet())
    before = world()

    account.ec2.describe_security_group_rules()
    account.ec2.describe_instances()

    assert world() == before
