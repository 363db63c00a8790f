"""From what the account says to what the kernel shall hold.  Pure."""

from collections.abc import Mapping

from stax_local.desired import World
from stax_local.internet.places import ADDRESSES
from stax_local.network import filtering, names, routing, translating
from stax_local.network.outward import outward_text
from stax_local.network.ports import Port, alive_ports, cable, is_alive
from stax_local.network.tables import versioned
from stax_local.network.weather import CALM, Weather, delays, egress_text, weather_text
from stax_local.observed import BORN_RULES, Address, Cable, End, Namespace, Neighbour, Route, Wanted


def wanted_network(
    world: World, namespaces: names.Names, weather: Weather = CALM, *, has_uplink: bool = False
) -> Wanted:
    """Every router, machine and cable that the account needs, and the weather on the way.

    A VPC has a router from its creation; one that the account was born with, only once a machine
    is in it.
    """
    ports = alive_ports(world)
    used = {port.interface.vpc_id for port in ports.values()}
    vpc_ids = sorted(vpc.id for vpc in world.vpcs.values() if not vpc.is_default or vpc.id in used)
    gateways = sorted({gateway.vpc_id for gateway in world.internet_gateways.values()} & set(vpc_ids))
    routers = [_vpc(world, namespaces, vpc_id, ports, weather) for vpc_id in vpc_ids]
    routers.append(_internet(namespaces, gateways, ports, has_uplink=has_uplink))
    cables = {cable(port, namespaces) for port in ports.values()}
    cables |= {_gateway_cable(namespaces, vpc_id) for vpc_id in gateways}
    return Wanted(
        routers={router.name: router for router in routers},
        hosts=frozenset(namespaces.machine(each.id) for each in world.instances.values() if is_alive(each)),
        cables=frozenset(cables),
    )


def _vpc(
    world: World, namespaces: names.Names, vpc_id: str, all_ports: Mapping[str, Port], weather: Weather
) -> Namespace:
    """The router of one VPC."""
    ports = {key: port for key, port in all_ports.items() if port.interface.vpc_id == vpc_id}
    has_gateway = any(gateway.vpc_id == vpc_id for gateway in world.internet_gateways.values())
    groups = [group for group in world.security_groups.values() if group.vpc_id == vpc_id]
    resolver = str(names.resolver_address(world.vpcs[vpc_id].cidr_blocks[0]))
    texts = {
        "addresses": translating.translation_text(ports.values()),
        "groups": filtering.filter_text(ports.values(), groups, resolver),
        "weather": weather_text(ports.values(), weather),
    }
    egress = {"delays": egress_text(ports.values(), weather, has_gateway=has_gateway)}
    tables = routing.table_routes(world, vpc_id, ports, has_gateway=has_gateway)
    return Namespace(
        name=namespaces.vpc(vpc_id),
        addresses=frozenset(routing.service_addresses(world, vpc_id)),
        neighbours=frozenset(routing.neighbours(ports.values(), has_gateway=has_gateway)),
        routes=frozenset(tables) | frozenset(routing.local_routes(world, vpc_id, ports.values())),
        rules=frozenset(routing.rules(ports.values())),
        filters=_filters(texts),
        egress_filters=_filters(egress),
        delays=delays(ports.values(), weather),
    )


def _filters(texts: Mapping[str, str]) -> dict[str, str]:
    """Several tables, so that an address that moves does not cost a swap of every rule."""
    return {versioned(name, text): text for name, text in texts.items() if text}


def _gateway_cable(namespaces: names.Names, vpc_id: str) -> Cable:
    """The pair between a VPC and the internet."""
    return Cable(
        near=End(namespaces.internet, names.device("v", vpc_id), names.INTERNET_MAC),
        far=End(namespaces.vpc(vpc_id), names.GATEWAY_DEVICE, names.GATEWAY_MAC),
        mtu=names.INTERNET_MTU,
        setup=(f"link set {names.GATEWAY_DEVICE} up",),
    )


MAIN_TABLE = 254


def _internet(
    namespaces: names.Names, gateways: list[str], ports: Mapping[str, Port], *, has_uplink: bool
) -> Namespace:
    """The internet: its servers' addresses, and each public address behind its VPC's gateway."""
    devices = {vpc_id: names.device("v", vpc_id) for vpc_id in gateways}
    published = {
        public: devices[port.interface.vpc_id]
        for port in ports.values()
        for public, _ in port.public_pairs
        if port.interface.vpc_id in devices
    }
    return Namespace(
        name=namespaces.internet,
        addresses=frozenset({Address("lo", f"{address}/32") for address in ADDRESSES}),
        neighbours=frozenset(Neighbour(each, names.VPC_NEXT_HOP, names.GATEWAY_MAC) for each in devices.values()),
        routes=frozenset(
            Route(MAIN_TABLE, f"{public}/32", "unicast", each, names.VPC_NEXT_HOP) for public, each in published.items()
        ),
        rules=BORN_RULES,
        filters=_filters({"outward": outward_text()} if has_uplink else {}),
    )
