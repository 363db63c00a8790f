"""Desired minus observed: the commands that turn what the kernel has into what it shall have.

Pure.  Applied once they change what differs, applied twice they are none.  Their order leaves no
gap: a filter stands before the first packet can pass it, and a route is replaced, never removed
and added.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from stax_local.observed import BORN_RULES, Cable, Delay, End, Namespace, Observed, Route, Wanted


@dataclass(frozen=True, slots=True)
class MakeNamespace:
    """Make a network namespace; a router forwards, a host does not."""

    name: str
    forwards: bool


@dataclass(frozen=True, slots=True)
class DropNamespace:
    """Remove a network namespace with all that is in it."""

    name: str


@dataclass(frozen=True, slots=True)
class Ip:
    """Commands of `ip`, one a line, given in one namespace."""

    namespace: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unplug:
    """Remove a device, and with it the other end of its pair; it may be gone already."""

    namespace: str
    device: str


@dataclass(frozen=True, slots=True)
class SwapFilters:
    """Take nft tables of a family out and put others in, (name, body) each, in one transaction."""

    namespace: str
    removed: tuple[str, ...]
    added: tuple[tuple[str, str], ...]
    family: str = "ip"


@dataclass(frozen=True, slots=True)
class StartDelay:
    """Make a delay's device, with the process that holds what it takes in."""

    namespace: str
    delay: Delay


@dataclass(frozen=True, slots=True)
class EndDelay:
    """End that process; what it holds goes on at once, and the device goes with it."""

    namespace: str
    delay: Delay


Command = MakeNamespace | DropNamespace | Ip | Unplug | SwapFilters | StartDelay | EndDelay


def commands(wanted: Wanted, observed: Observed) -> Iterator[Command]:
    """Yield what to do, in order."""
    names = wanted.routers.keys() | wanted.hosts
    for name in sorted(names - observed.namespaces.keys()):
        yield MakeNamespace(name, forwards=name in wanted.routers)
    whole = {c for c in wanted.cables if {c.near, c.far} <= observed.ends}
    torn = _torn(wanted, observed, whole)
    for end in sorted(torn):
        yield Unplug(end.namespace, end.device)
    laid = wanted.cables - whole
    seen = {name: observed.namespaces.get(name) or Namespace(name, rules=BORN_RULES) for name in wanted.routers}
    for name, router in sorted(wanted.routers.items()):
        yield from _swapped(name, router.filters, seen[name].filters, "ip")
        kept = _egress_kept(router, seen[name], laid)
        yield from _swapped(name, kept, seen[name].egress_filters, "netdev")
        seen[name] = replace(seen[name], egress_filters=kept)
    for cable in sorted(laid):
        if cable.far.namespace in wanted.routers:  # what the other router has to say names its end
            yield from _laying(cable.near.namespace, [cable])
    for name, router in sorted(wanted.routers.items()):
        gone = {end.device for end in torn if end.namespace == name}
        to_hosts = [each for each in sorted(laid) if each.near.namespace == name and each.far.namespace in wanted.hosts]
        yield from _laying(name, to_hosts, _facts(router, _without(seen[name], gone)))
        yield from _delays(router, seen[name])
    for name in sorted(observed.namespaces.keys() - names):
        yield DropNamespace(name)


def _torn(wanted: Wanted, observed: Observed, whole: Iterable[Cable]) -> set[End]:
    """The ends to unplug: in routers all that are too much, in hosts those that sit where one of ours has to."""
    # What else there is in a host is its own affair: Docker plugs its containers in with pairs, too.
    places = {(cable.far.namespace, cable.far.device) for cable in wanted.cables}
    right = {end for cable in whole for end in (cable.near, cable.far)}
    return {
        end for end in observed.ends - right if end.namespace in wanted.routers or (end.namespace, end.device) in places
    }


def _laying(name: str, cables: Sequence[Cable], facts: Sequence[str] = ()) -> Iterator[Command]:
    """Cables of one router and what it says then, at once: a process costs more than what it is told."""
    lines = [line for cable in cables for line in _laid(cable)] + [*facts]
    if lines:
        yield Ip(name, tuple(lines))
    yield from (Ip(cable.far.namespace, cable.setup) for cable in cables if cable.setup)


def _laid(cable: Cable) -> tuple[str, ...]:
    near, far = cable.near, cable.far
    pair = (
        f"link add {near.device} mtu {cable.mtu} address {near.mac} type veth"
        f" peer name {far.device} mtu {cable.mtu} address {far.mac} netns {far.namespace}"
    )
    # Linux lets a proxied ARP answer wait up to 0.8 s, out of politeness to the real owner.
    at_once = f"ntable change name arp_cache dev {near.device} proxy_delay 0"
    return pair, at_once, f"link set {near.device} up"


def _swapped(name: str, wanted: Mapping[str, str], standing: Mapping[str, str], family: str) -> Iterator[Command]:
    added = tuple((table, body) for table, body in sorted(wanted.items()) if table not in standing)
    removed = tuple(sorted(standing.keys() - wanted.keys()))
    if added or removed:
        yield SwapFilters(name, removed, added, family)


def _egress_kept(router: Namespace, observed: Namespace, laid: Iterable[Cable]) -> Mapping[str, str]:
    """The egress filters that may stand until the end.

    One that is wanted but does not know the devices that are about to come is put in anew.  It goes
    before they come, so that whoever is cut off in between finds that it is missing.
    """
    comes = any(router.name in (each.near.namespace, each.far.namespace) for each in laid)
    if comes or router.delays - observed.delays:
        return {name: body for name, body in observed.egress_filters.items() if name not in router.egress_filters}
    return observed.egress_filters


def _delays(router: Namespace, observed: Namespace) -> Iterator[Command]:
    """A delay is held before packets are sent there, and ended after the last one was."""
    yield from (StartDelay(router.name, delay) for delay in sorted(router.delays - observed.delays))
    yield from _swapped(router.name, router.egress_filters, observed.egress_filters, "netdev")
    yield from (EndDelay(router.name, delay) for delay in sorted(observed.delays - router.delays))


def _without(namespace: Namespace, devices: set[str]) -> Namespace:
    """The namespace once these devices, and with them all that hung on them, are gone."""
    if not devices:
        return namespace
    return replace(
        namespace,
        addresses=frozenset(each for each in namespace.addresses if each.device not in devices),
        neighbours=frozenset(each for each in namespace.neighbours if each.device not in devices),
        routes=frozenset(each for each in namespace.routes if each.device not in devices),
    )


def _facts(wanted: Namespace, observed: Namespace) -> list[str]:
    """The lines of one namespace: additions first, then what is too much."""
    return [
        *(f"addr add {each.cidr_block} dev {each.device}" for each in sorted(wanted.addresses - observed.addresses)),
        *(
            f"neigh replace {each.address} lladdr {each.mac} dev {each.device} nud permanent"
            for each in sorted(wanted.neighbours - observed.neighbours)
        ),
        *(f"route replace {_spelled(each)}" for each in sorted(wanted.routes - observed.routes)),
        *(
            f"rule add {_rule(each.preference, each.table, each.in_device)}"
            for each in sorted(wanted.rules - observed.rules)
        ),
        *_leftovers(wanted, observed),
    ]


def _leftovers(wanted: Namespace, observed: Namespace) -> Iterator[str]:
    for rule in sorted(observed.rules - wanted.rules):
        yield f"rule del {_rule(rule.preference, rule.table, rule.in_device)}"
    kept = {(route.table, route.destination) for route in wanted.routes}
    for route in sorted(observed.routes):
        if (route.table, route.destination) not in kept:
            yield f"route del {_spelled(route)}"
    held = {(each.device, each.address) for each in wanted.neighbours}
    for neighbour in sorted(observed.neighbours):
        if (neighbour.device, neighbour.address) not in held:
            yield f"neigh del {neighbour.address} dev {neighbour.device}"
    for address in sorted(observed.addresses - wanted.addresses):
        yield f"addr del {address.cidr_block} dev {address.device}"


def _spelled(route: Route) -> str:
    """A route as `ip` wants it; `onlink` because no device here carries a prefix."""
    if route.kind == "blackhole":
        return f"blackhole {route.destination} table {route.table}"
    next_hop = f" via {route.via} onlink" if route.via else ""
    return f"{route.destination} dev {route.device}{next_hop} table {route.table}"


def _rule(preference: int, table: int, in_device: str) -> str:
    """A policy rule as `ip` wants it; table 0 drops."""
    source = f"iif {in_device}" if in_device else "from all"
    return f"pref {preference} {source} {f'lookup {table}' if table else 'blackhole'}"
