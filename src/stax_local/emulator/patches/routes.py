"""Routes: both ids of an instance target, `blackhole`, and a change that is refused changes nothing.

moto: a route's state is always `active`; a route to an instance shows no interface and one to an
interface no instance; ReplaceRoute clears the old target before it has validated the new one;
CreateRoute to an interface silently overwrites an existing route; `1.2.3.4/8` stays as it is, and every later
call on that table breaks; a gateway may be one of another VPC, or of none.
AWS: a route is a `blackhole` while its target is not available: the gateway detached, the
instance not running, the interface detached or deleted.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
"""

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

from moto.ec2.exceptions import EC2ClientError, RouteAlreadyExistsError
from moto.ec2.models.route_tables import Route, RouteBackend, RouteTable

from stax_local.emulator.patches.patch import Patch, named

PATCH = Patch("routes")

TARGETS = frozenset(
    {
        "gateway_id",
        "instance_id",
        "interface_id",
        "nat_gateway_id",
        "egress_only_igw_id",
        "transit_gateway_id",
        "vpc_peering_connection_id",
        "carrier_gateway_id",
        "vpc_endpoint_id",
    }
)


def _interface(route: Any) -> Any:
    """Return the interface that carries the packets, if it still exists."""
    interface = route.interface or (route.instance.nics.get(0) if route.instance else None)
    return interface if interface is not None and interface.id in interface.ec2_backend.enis else None


def _state(route: Any) -> str:
    if route.instance or route.interface:
        interface = _interface(route)
        available = interface is not None and interface.instance is not None and interface.instance.state == "running"
    elif route.gateway is not None and route.gateway.id.startswith("igw-"):
        available = route.gateway.vpc is not None
    else:
        available = bool(
            route.gateway_id
            or route.nat_gateway
            or route.vpc_pcx
            or route.transit_gateway
            or route.egress_only_igw
            or route.carrier_gateway
        )
    return "active" if available else "blackhole"


def _interface_id(route: Any) -> str | None:
    interface = _interface(route)
    # A deleted interface stays named, as on AWS; a terminated instance leaves nothing to name.
    return interface.id if interface is not None else (route.interface.id if route.interface else None)


def _instance_id(route: Any) -> str | None:
    interface = _interface(route)
    instance = interface.instance if interface is not None else None
    return instance.id if instance is not None else (route.instance.id if route.instance else None)


PATCH.sets(Route, "state", property(_state))
PATCH.sets(Route, "network_interface_id", property(_interface_id))
PATCH.sets(Route, "instance_id", property(_instance_id))
PATCH.sets(Route, "instance_owner_id", property(lambda self: self.route_table.owner_id if self.instance_id else None))


def _validate(ec2: Any, route_table_id: str, targets: dict[str, Any]) -> None:
    if len([target for name, target in targets.items() if name in TARGETS and target]) != 1:
        raise EC2ClientError(
            "InvalidParameterCombination", "The request must contain exactly one of the targets that a route can have."
        )
    if targets.get("interface_id"):
        ec2.get_network_interface(targets["interface_id"])
    if targets.get("gateway_id", "") and targets["gateway_id"].startswith("igw-"):
        gateway, table = ec2.get_internet_gateway(targets["gateway_id"]), ec2.get_route_table(route_table_id)
        if gateway.vpc is None or gateway.vpc.id != table.vpc_id:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"route table {route_table_id} and network gateway {gateway.id} belong to different networks",
            )
    if targets.get("instance_id"):
        _validate_instance(ec2.get_instance(targets["instance_id"]))


def _validate_instance(instance: Any) -> None:
    if len(instance.nics) != 1:
        raise EC2ClientError(
            "InvalidInstanceID",
            f"There are multiple interfaces attached to instance '{instance.id}'. "
            "Please specify an interface ID for the operation instead.",
        )


@PATCH.wraps(RouteBackend, "replace_route")
def _replace(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    _validate(self, asked["route_table_id"], asked)
    if asked.get("destination_cidr_block"):
        asked["destination_cidr_block"] = str(_block(asked["destination_cidr_block"]))
    return original(**asked)


@PATCH.wraps(RouteBackend, "create_route")
def _create(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    asked = named(original, self, *args, **kwargs)
    if not asked.get("local"):
        _validate(self, asked["route_table_id"], asked)
        if asked.get("destination_cidr_block"):
            destination = _block(asked["destination_cidr_block"])
            _refuse_doubled(self.get_route_table(asked["route_table_id"]), destination)
            asked["destination_cidr_block"] = str(destination)
    return original(**asked)


def _block(destination: str) -> IPv4Network:
    try:
        return IPv4Network(destination, strict=False)
    except ValueError:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({destination}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.",
        ) from None


def _refuse_doubled(table: RouteTable, destination: IPv4Network) -> None:
    for route in table.routes:
        if route.destination_cidr_block and IPv4Network(route.destination_cidr_block) == destination:
            raise RouteAlreadyExistsError(str(destination))
