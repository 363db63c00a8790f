"""VPCs, subnets and what hangs on them: canonical blocks, zones of this region, one of a kind.

moto: a subnet may lie in another region's zone and be a /30 (HTTP 500); `10.0.0.1/16` stays as it
is; the main route table and a local route can be deleted; a subnet's second association silently
keeps the first; a VPC takes two internet gateways; the default VPC has none.
AWS: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html
"""

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from stax_local.emulator.patches.patch import Patch, named

PATCH = Patch("networks")

LARGEST, SMALLEST = 16, 28
"""Prefix lengths of a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""


def _canonical(block: Any) -> Any:
    try:
        return str(IPv4Network(block, strict=False))
    except ValueError:
        return block  # moto refuses it in its own words


@PATCH.wraps(VPCBackend, "create_vpc")
def _create_vpc(original: Callable[..., Any], self: Any, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
    return original(self, _canonical(cidr_block), *args, **kwargs)


@PATCH.wraps(VPCBackend, "create_default_vpc")
def _create_default_vpc(original: Callable[..., Any], self: Any) -> Any:
    vpc = original(self)
    gateway = self.create_internet_gateway()
    self.attach_internet_gateway(gateway.id, vpc.id)
    main = next(table for table in self.route_tables.values() if table.vpc_id == vpc.id)
    self.create_route(main.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    return vpc


@PATCH.wraps(SubnetBackend, "create_subnet")
def _create_subnet(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    zones = [zone.name for zone in self.describe_availability_zones()]
    if not asked.get("availability_zone") and not asked.get("availability_zone_id"):
        asked["availability_zone"] = zones[0]
    if asked.get("availability_zone") and asked["availability_zone"] not in zones:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({asked['availability_zone']}) for parameter availabilityZone is invalid. Subnets can currently "
            f"only be created in the following availability zones: {', '.join(zones)}.",
        )
    canonical = _canonical(asked["cidr_block"])
    if "/" in str(canonical) and not LARGEST <= int(canonical.partition("/")[2]) <= SMALLEST:
        raise EC2ClientError("InvalidSubnet.Range", f"The CIDR '{asked['cidr_block']}' is invalid.")
    return original(**{**asked, "cidr_block": canonical})


@PATCH.wraps(RouteBackend, "delete_route_table")
def _delete_route_table(original: Callable[..., Any], self: Any, route_table_id: str) -> Any:
    if self.get_route_table(route_table_id).main_association_id is not None:
        raise DependencyViolationError(f"The routeTable '{route_table_id}' has dependencies and cannot be deleted.")
    deleted = original(self, route_table_id)
    self.tags.pop(route_table_id, None)
    return deleted


@PATCH.wraps(RouteBackend, "delete_route")
def _delete_route(original: Callable[..., Any], self: Any, route_table_id: str, *args: Any, **kwargs: Any) -> Any:
    destination = kwargs.get("destination_cidr_block") or (args[0] if args else None)
    for route in self.get_route_table(route_table_id).routes:
        if route.local and route.destination_cidr_block == destination:
            raise EC2ClientError(
                "InvalidParameterValue", f"cannot remove local route {destination} in route table {route_table_id}"
            )
    return original(self, route_table_id, *args, **kwargs)


@PATCH.wraps(RouteBackend, "associate_route_table")
def _associate(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    subnet_id, route_table_id = asked.get("subnet_id"), asked["route_table_id"]
    for table in self.route_tables.values():
        if subnet_id and subnet_id in table._associations.values() and table.id != route_table_id:
            raise EC2ClientError(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {route_table_id} conflicts with an existing association",
            )
    return original(**asked)


@PATCH.wraps(InternetGatewayBackend, "attach_internet_gateway")
def _attach(original: Callable[..., Any], self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
    self.get_internet_gateway(internet_gateway_id)
    for gateway in self.internet_gateways.values():
        if gateway.vpc is not None and gateway.vpc.id == vpc_id:
            raise EC2ClientError("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")
    return original(self, internet_gateway_id, vpc_id)
