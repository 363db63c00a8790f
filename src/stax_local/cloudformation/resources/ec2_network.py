"""VPCs and what makes packets move in them: subnets, gateways, route tables, routes, endpoints."""

from typing import Any

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import (
    FLAG,
    TAGS,
    ResourceType,
    Text,
    replaces,
    updates,
)
from stax_local.cloudformation.work import Change, Live, Properties, Work, chosen, or_absent


def _create_vpc(work: Work, properties: Properties) -> str:
    ec2 = work.client("ec2")
    vpc = ec2.create_vpc(
        **chosen(properties, "CidrBlock", "InstanceTenancy"),
        TagSpecifications=tagging.specifications("vpc", work, properties),
    )["Vpc"]
    work.made(vpc["VpcId"])
    _set_dns(work, vpc["VpcId"], chosen(properties, *_DNS))
    return str(vpc["VpcId"])


_DNS = ("EnableDnsSupport", "EnableDnsHostnames")
_DNS_DEFAULTS = {"EnableDnsSupport": True, "EnableDnsHostnames": False}


def _set_dns(work: Work, vpc_id: str, wanted: Properties) -> None:
    # EC2 takes one attribute a call.
    for name, value in wanted.items():
        work.client("ec2").modify_vpc_attribute(VpcId=vpc_id, **{name: {"Value": value}})


def _update_vpc(work: Work, change: Change) -> None:
    wanted = {name: change.after.get(name, _DNS_DEFAULTS[name]) for name in _DNS if change.touches(name)}
    _set_dns(work, change.physical_id, wanted)
    tagging.update_ec2(work, change)


def _read_vpc(work: Work, vpc_id: str, _properties: Properties) -> Live | None:
    ec2 = work.client("ec2")
    found = or_absent(ec2.describe_vpcs, VpcIds=[vpc_id])
    if not found or not found["Vpcs"]:
        return None
    vpc = found["Vpcs"][0]
    mine = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "default", "Values": ["true"]}]
    groups = ec2.describe_security_groups(Filters=[mine[0], {"Name": "group-name", "Values": ["default"]}])
    acls = ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
    attributes = {
        "VpcId": vpc_id,
        "CidrBlock": vpc["CidrBlock"],
        "CidrBlockAssociations": [each["AssociationId"] for each in vpc.get("CidrBlockAssociationSet", [])],
        "DefaultSecurityGroup": next((each["GroupId"] for each in groups["SecurityGroups"]), ""),
        "DefaultNetworkAcl": next((each["NetworkAclId"] for each in acls), ""),
        "Ipv6CidrBlocks": [],
    }
    return Live(
        {
            **{name: _vpc_attribute(work, vpc_id, name) for name in _DNS},
            "CidrBlock": vpc["CidrBlock"],
            "InstanceTenancy": vpc["InstanceTenancy"],
            "Tags": tagging.own(vpc.get("Tags", [])),
        },
        attributes,
    )


def _vpc_attribute(work: Work, vpc_id: str, name: str) -> bool:
    attribute = name[0].lower() + name[1:]
    return bool(work.client("ec2").describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute)[name]["Value"])


def _delete_vpc(work: Work, vpc_id: str, _properties: Properties) -> None:
    work.retry_while_used(lambda: work.client("ec2").delete_vpc(VpcId=vpc_id))


VPC = ResourceType(
    "AWS::EC2::VPC",
    {
        "CidrBlock": replaces(required=True),
        "EnableDnsSupport": updates(FLAG),
        "EnableDnsHostnames": updates(FLAG),
        "InstanceTenancy": replaces(Text(("default", "dedicated", "host"))),
        "Tags": updates(TAGS),
    },
    _create_vpc,
    _read_vpc,
    _delete_vpc,
    _update_vpc,
    tagging.left_by("vpc"),
    frozenset(
        {
            "VpcId",
            "CidrBlock",
            "CidrBlockAssociations",
            "DefaultSecurityGroup",
            "DefaultNetworkAcl",
            "Ipv6CidrBlocks",
        }
    ),
)


def _create_subnet(work: Work, properties: Properties) -> str:
    ec2 = work.client("ec2")
    subnet = ec2.create_subnet(
        **chosen(properties, "VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId"),
        TagSpecifications=tagging.specifications("subnet", work, properties),
    )["Subnet"]
    work.made(subnet["SubnetId"])
    if properties.get("MapPublicIpOnLaunch"):
        ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    return str(subnet["SubnetId"])


def _update_subnet(work: Work, change: Change) -> None:
    if change.touches("MapPublicIpOnLaunch"):
        wanted = {"Value": change.after.get("MapPublicIpOnLaunch", False)}
        work.client("ec2").modify_subnet_attribute(SubnetId=change.physical_id, MapPublicIpOnLaunch=wanted)
    tagging.update_ec2(work, change)


def _read_subnet(work: Work, subnet_id: str, _properties: Properties) -> Live | None:
    found = or_absent(work.client("ec2").describe_subnets, SubnetIds=[subnet_id])
    if not found or not found["Subnets"]:
        return None
    subnet = found["Subnets"][0]
    named = chosen(
        subnet, "VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "MapPublicIpOnLaunch", "SubnetId"
    )
    return Live({**named, "Tags": tagging.own(subnet.get("Tags", []))}, {**named, "Ipv6CidrBlocks": []})


def _delete_subnet(work: Work, subnet_id: str, _properties: Properties) -> None:
    work.retry_while_used(lambda: work.client("ec2").delete_subnet(SubnetId=subnet_id))


SUBNET = ResourceType(
    "AWS::EC2::Subnet",
    {
        "VpcId": replaces(required=True),
        "CidrBlock": replaces(required=True),
        "AvailabilityZone": replaces(),
        "AvailabilityZoneId": replaces(),
        "MapPublicIpOnLaunch": updates(FLAG),
        "Tags": updates(TAGS),
    },
    _create_subnet,
    _read_subnet,
    _delete_subnet,
    _update_subnet,
    tagging.left_by("subnet"),
    frozenset({"SubnetId", "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId", "Ipv6CidrBlocks"}),
)


def _create_internet_gateway(work: Work, properties: Properties) -> str:
    specifications = tagging.specifications("internet-gateway", work, properties)
    gateway = work.client("ec2").create_internet_gateway(TagSpecifications=specifications)["InternetGateway"]
    work.made(gateway["InternetGatewayId"])
    return str(gateway["InternetGatewayId"])


def _read_internet_gateway(work: Work, gateway_id: str, _properties: Properties) -> Live | None:
    found = or_absent(work.client("ec2").describe_internet_gateways, InternetGatewayIds=[gateway_id])
    if not found or not found["InternetGateways"]:
        return None
    tags = tagging.own(found["InternetGateways"][0].get("Tags", []))
    return Live({"Tags": tags}, {"InternetGatewayId": gateway_id})


def _delete_internet_gateway(work: Work, gateway_id: str, _properties: Properties) -> None:
    work.retry_while_used(lambda: work.client("ec2").delete_internet_gateway(InternetGatewayId=gateway_id))


INTERNET_GATEWAY = ResourceType(
    "AWS::EC2::InternetGateway",
    {"Tags": updates(TAGS)},
    _create_internet_gateway,
    _read_internet_gateway,
    _delete_internet_gateway,
    tagging.update_ec2,
    tagging.left_by("internet-gateway"),
    frozenset({"InternetGatewayId"}),
)


def _create_attachment(work: Work, properties: Properties) -> str:
    work.client("ec2").attach_internet_gateway(**chosen(properties, "VpcId", "InternetGatewayId"))
    physical_id = _attachment_id(properties)
    work.made(physical_id)
    return physical_id


def _attachment_id(properties: Properties) -> str:
    return f"IGW|{properties['VpcId']}"


def _read_attachment(work: Work, _physical_id: str, properties: Properties) -> Live | None:
    gateway_id = properties["InternetGatewayId"]
    found = or_absent(work.client("ec2").describe_internet_gateways, InternetGatewayIds=[gateway_id])
    gateways = found["InternetGateways"] if found else []
    attached = [each["VpcId"] for gateway in gateways for each in gateway.get("Attachments", [])]
    if properties["VpcId"] not in attached:
        return None
    return Live(chosen(properties, "VpcId", "InternetGatewayId"), {"AttachmentType": "IGW"})


def _delete_attachment(work: Work, _physical_id: str, properties: Properties) -> None:
    ec2 = work.client("ec2")
    work.retry_while_used(lambda: ec2.detach_internet_gateway(**chosen(properties, "VpcId", "InternetGatewayId")))


def _move_attachment(work: Work, change: Change) -> None:
    _delete_attachment(work, change.physical_id, change.before)
    work.client("ec2").attach_internet_gateway(**chosen(change.after, "VpcId", "InternetGatewayId"))


ATTACHMENT = ResourceType(
    "AWS::EC2::VPCGatewayAttachment",
    {"VpcId": replaces(required=True), "InternetGatewayId": updates(required=True)},
    _create_attachment,
    _read_attachment,
    _delete_attachment,
    _move_attachment,
    lambda _work, properties: (_attachment_id(properties),),
    attributes=frozenset({"AttachmentType"}),
)


def _create_route_table(work: Work, properties: Properties) -> str:
    specifications = tagging.specifications("route-table", work, properties)
    created = work.client("ec2").create_route_table(VpcId=properties["VpcId"], TagSpecifications=specifications)
    work.made(created["RouteTable"]["RouteTableId"])
    return str(created["RouteTable"]["RouteTableId"])


def _route_table(work: Work, route_table_id: str) -> dict[str, Any] | None:
    found = or_absent(work.client("ec2").describe_route_tables, RouteTableIds=[route_table_id])
    return found["RouteTables"][0] if found and found["RouteTables"] else None


def _read_route_table(work: Work, route_table_id: str, _properties: Properties) -> Live | None:
    table = _route_table(work, route_table_id)
    if table is None:
        return None
    tags = tagging.own(table.get("Tags", []))
    return Live({"VpcId": table["VpcId"], "Tags": tags}, {"RouteTableId": route_table_id})


def _delete_route_table(work: Work, route_table_id: str, _properties: Properties) -> None:
    work.retry_while_used(lambda: work.client("ec2").delete_route_table(RouteTableId=route_table_id))


ROUTE_TABLE = ResourceType(
    "AWS::EC2::RouteTable",
    {"VpcId": replaces(required=True), "Tags": updates(TAGS)},
    _create_route_table,
    _read_route_table,
    _delete_route_table,
    tagging.update_ec2,
    tagging.left_by("route-table"),
    frozenset({"RouteTableId"}),
)

_ROUTE_TARGETS = ("GatewayId", "InstanceId", "NetworkInterfaceId", "NatGatewayId", "VpcPeeringConnectionId")


def _create_route(work: Work, properties: Properties) -> str:
    work.client("ec2").create_route(**properties)
    physical_id = _route_id(properties)
    work.made(physical_id)
    return physical_id


def _route_id(properties: Properties) -> str:
    return f"{properties['RouteTableId']}|{properties['DestinationCidrBlock']}"


def _read_route(work: Work, _physical_id: str, properties: Properties) -> Live | None:
    table = _route_table(work, properties["RouteTableId"])
    destination = properties["DestinationCidrBlock"]
    routes = [each for each in (table or {}).get("Routes", []) if each.get("DestinationCidrBlock") == destination]
    if not routes:
        return None
    # EC2 shows a route to an instance by its interface as well: compare with what the template names.
    named = [name for name in _ROUTE_TARGETS if name in properties] or list(_ROUTE_TARGETS)
    asked = chosen(properties, "RouteTableId", "DestinationCidrBlock")
    return Live({**asked, **chosen(routes[0], *named)}, {"CidrBlock": destination})


def _delete_route(work: Work, _physical_id: str, properties: Properties) -> None:
    work.client("ec2").delete_route(**chosen(properties, "RouteTableId", "DestinationCidrBlock"))


def _update_route(work: Work, change: Change) -> None:
    work.client("ec2").replace_route(**change.after)


ROUTE = ResourceType(
    "AWS::EC2::Route",
    {
        "RouteTableId": replaces(required=True),
        "DestinationCidrBlock": replaces(required=True),
        **{name: updates() for name in _ROUTE_TARGETS},
    },
    _create_route,
    _read_route,
    _delete_route,
    _update_route,
    lambda _work, properties: (_route_id(properties),),
    attributes=frozenset({"CidrBlock"}),
)


def _create_association(work: Work, properties: Properties) -> str:
    created = work.client("ec2").associate_route_table(**properties)
    work.made(created["AssociationId"])
    return str(created["AssociationId"])


def _read_association(work: Work, association_id: str, properties: Properties) -> Live | None:
    table = _route_table(work, properties["RouteTableId"])
    for each in (table or {}).get("Associations", []):
        if each["RouteTableAssociationId"] == association_id:
            return Live(chosen(each, "RouteTableId", "SubnetId"), {"Id": association_id})
    return None


def _delete_association(work: Work, association_id: str, _properties: Properties) -> None:
    work.client("ec2").disassociate_route_table(AssociationId=association_id)


def _associations_left(work: Work, properties: Properties) -> list[str]:
    table = _route_table(work, properties["RouteTableId"])
    associations = (table or {}).get("Associations", [])
    mine = [each for each in associations if each.get("SubnetId") == properties["SubnetId"]]
    return [each["RouteTableAssociationId"] for each in mine]


SUBNET_ASSOCIATION = ResourceType(
    "AWS::EC2::SubnetRouteTableAssociation",
    {"RouteTableId": replaces(required=True), "SubnetId": replaces(required=True)},
    _create_association,
    _read_association,
    _delete_association,
    leftovers=_associations_left,
    attributes=frozenset({"Id"}),
)

TYPES = (VPC, SUBNET, INTERNET_GATEWAY, ATTACHMENT, ROUTE_TABLE, ROUTE, SUBNET_ASSOCIATION)
