"""How a VPC's namespace routes: every address on its own port, then each subnet's route table."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from stax_local.desired import Route as AwsRoute
from stax_local.desired import World
from stax_local.network import names
from stax_local.network.ports import Port
from stax_local.observed import Address, Neighbour, PolicyRule, Route

LOCAL_PREFERENCE = 100
SUBNET_PREFERENCE = 1000
LAST_PREFERENCE = 32000
DROP = 0


def service_addresses(world: World, vpc_id: str) -> Iterator[Address]:
    """The VPC's own addresses: its services, and a router in each subnet."""
    yield Address("lo", f"{names.METADATA_ADDRESS}/32")
    yield Address("lo", f"{names.RESOLVER_ADDRESS}/32")
    yield Address("lo", f"{names.RETURNS_ADDRESS}/32")
    yield Address("lo", f"{names.resolver_address(world.vpcs[vpc_id].cidr_blocks[0])}/32")
    for subnet in world.subnets.values():
        if subnet.vpc_id == vpc_id:
            yield Address("lo", f"{names.router_address(subnet.cidr_block)}/32")


def neighbours(ports: Iterable[Port], *, has_gateway: bool) -> Iterator[Neighbour]:
    """Who has which address: the VPC knows, it never asks."""
    for port in ports:
        for address in port.addresses:
            yield Neighbour(port.device, address, port.interface.mac_address.lower())
    if has_gateway:
        yield Neighbour(names.GATEWAY_DEVICE, names.INTERNET_NEXT_HOP, names.INTERNET_MAC)


def rules(ports: Iterable[Port]) -> Iterator[PolicyRule]:
    """Local first, then the table of the subnet that the packet comes from, then nothing."""
    yield PolicyRule(LOCAL_PREFERENCE, names.LOCAL_TABLE)
    for port in ports:
        yield PolicyRule(SUBNET_PREFERENCE, names.number(port.subnet.route_table_id), port.device)
    yield PolicyRule(LAST_PREFERENCE, DROP)


def local_routes(world: World, vpc_id: str, ports: Iterable[Port]) -> Iterator[Route]:
    """Each living address on its port; the rest of the VPC's range is dropped in silence."""
    for cidr_block in world.vpcs[vpc_id].cidr_blocks:
        yield Route(names.LOCAL_TABLE, cidr_block, "blackhole")
    for port in ports:
        for address in port.addresses:
            yield Route(names.LOCAL_TABLE, f"{address}/32", "unicast", port.device)


def table_routes(world: World, vpc_id: str, ports: Mapping[str, Port], *, has_gateway: bool) -> Iterator[Route]:
    """What the VPC's route tables say, all but `local`."""
    for table in world.route_tables.values():
        if table.vpc_id != vpc_id:
            continue
        for route in table.routes:
            if route.target_kind != "local" and _is_ipv4_block(route.destination):
                yield _route(names.number(table.id), route, _port(world, route, ports), has_gateway=has_gateway)


def _is_ipv4_block(destination: str) -> bool:
    """Whether packets here can have that destination: not an IPv6 block, not a prefix list."""
    try:
        IPv4Network(destination)
    except ValueError:
        return False
    return True


def _port(world: World, route: AwsRoute, ports: Mapping[str, Port]) -> Port | None:
    """The living port that a route points at."""
    if route.target_kind == "instance":
        instance = world.instances.get(route.target_id)
        interface_ids = instance.network_interface_ids if instance else ()
        return ports.get(interface_ids[0]) if interface_ids else None
    return ports.get(route.target_id)


def _route(table: int, route: AwsRoute, port: Port | None, *, has_gateway: bool) -> Route:
    """One route of a route table; whatever leads nowhere is a blackhole, as on AWS."""
    if route.target_kind == "internet-gateway" and has_gateway:
        return Route(table, route.destination, "unicast", names.GATEWAY_DEVICE, names.INTERNET_NEXT_HOP)
    if port is not None:
        return Route(table, route.destination, "unicast", port.device, port.addresses[0])
    return Route(table, route.destination, "blackhole")
