"""Whatever is there, the commands lead to what is wanted, and then there are none."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stax_local.fabric import settled
from stax_local.observed import (
    BORN_RULES,
    Address,
    Cable,
    Delay,
    End,
    Namespace,
    Neighbour,
    Observed,
    PolicyRule,
    Route,
    Wanted,
)
from stax_local.reconcile import (
    Command,
    DropNamespace,
    EndDelay,
    Ip,
    MakeNamespace,
    StartDelay,
    SwapFilters,
    Unplug,
    commands,
)

ROUTERS = ("r1", "r2")
HOSTS = ("h1", "h2", "h3")
DEVICES = ("e1", "e2", "e3")


class Kernel:
    """As much of Linux as the commands need, and as strict: what cannot be done is an error."""

    def __init__(self) -> None:
        self.namespaces: dict[str, Namespace] = {}
        self.pairs: list[tuple[End, End]] = []
        self.unaware: set[str] = set()
        """Where an egress filter stands that does not know a device, for it came later."""

    def give(self, steps: list[Command]) -> None:
        for step in steps:
            self._give(step)

    def observed(self) -> Observed:
        return Observed(self.namespaces, frozenset(end for pair in self.pairs for end in pair))

    def _give(self, step: Command) -> None:
        match step:
            case MakeNamespace(name, forwards):
                assert name not in self.namespaces
                self.namespaces[name] = Namespace(name, rules=BORN_RULES if forwards else frozenset())
            case DropNamespace(name):
                self._drop(name)
            case Unplug(namespace, device):
                self._unplug(namespace, device)
            case SwapFilters():
                self._swap(step)
            case StartDelay(namespace, delay):
                assert delay not in self.namespaces[namespace].delays
                self._set(namespace, delays=self.namespaces[namespace].delays | {delay})
                self._comes(namespace)
            case EndDelay(namespace, delay):
                self._set(namespace, delays=self.namespaces[namespace].delays - {delay})
            case Ip(namespace, lines):
                for line in lines:
                    self._ip(namespace, line.split())

    def _drop(self, name: str) -> None:
        del self.namespaces[name]
        for pair in [pair for pair in self.pairs if name in (pair[0].namespace, pair[1].namespace)]:
            self._tear(pair)

    def _unplug(self, namespace: str, device: str) -> None:
        for pair in list(self.pairs):
            if any((end.namespace, end.device) == (namespace, device) for end in pair):
                self._tear(pair)

    def _swap(self, step: SwapFilters) -> None:
        kind = {"ip": "filters", "netdev": "egress_filters"}[step.family]
        standing = getattr(self.namespaces[step.namespace], kind)
        assert set(step.removed) <= standing.keys()
        kept = {name: "" for name in standing if name not in step.removed}
        assert not kept.keys() & dict(step.added).keys()
        self._set(step.namespace, **{kind: kept | dict.fromkeys(dict(step.added), "")})
        if step.family == "netdev" and not kept:
            self.unaware.discard(step.namespace)

    def _comes(self, namespace: str) -> None:
        """A device has come."""
        if self.namespaces[namespace].egress_filters:
            self.unaware.add(namespace)

    def _tear(self, pair: tuple[End, End]) -> None:
        self.pairs.remove(pair)
        for end in pair:
            if end.namespace in self.namespaces:
                was = self.namespaces[end.namespace]
                self._set(
                    end.namespace,
                    neighbours={each for each in was.neighbours if each.device != end.device},
                    routes={each for each in was.routes if each.device != end.device},
                )

    def _set(self, name: str, **facts: Any) -> None:
        frozen: dict[str, Any] = {
            key: frozenset(value) if isinstance(value, set) else value for key, value in facts.items()
        }
        self.namespaces[name] = replace(self.namespaces[name], **frozen)

    def _devices(self, namespace: str) -> set[str]:
        return {"lo"} | {end.device for pair in self.pairs for end in pair if end.namespace == namespace}

    def _ip(self, name: str, words: list[str]) -> None:
        namespace = self.namespaces[name]
        match words:
            case ["link", "add", near, "mtu", _, "address", mac, "type", "veth", "peer", "name", far, *rest]:
                other = End(rest[5], far, rest[3])
                assert near not in self._devices(name)
                assert far not in self._devices(other.namespace)
                self.pairs.append((End(name, near, mac), other))
                self._comes(name)
                self._comes(other.namespace)
            case ["link", "set", device, "up"] | ["ntable", "change", "name", _, "dev", device, *_]:
                assert device in self._devices(name)
            case ["addr", verb, cidr_block, "dev", device]:
                address = {Address(device, cidr_block)}
                self._set(
                    name, addresses=namespace.addresses | address if verb == "add" else namespace.addresses - address
                )
            case ["neigh", "replace", address, "lladdr", mac, "dev", device, "nud", "permanent"]:
                assert device in self._devices(name)
                others = {each for each in namespace.neighbours if (each.device, each.address) != (device, address)}
                self._set(name, neighbours=others | {Neighbour(device, address, mac)})
            case ["neigh", "del", address, "dev", device]:
                gone = {each for each in namespace.neighbours if (each.device, each.address) == (device, address)}
                assert gone
                self._set(name, neighbours=namespace.neighbours - gone)
            case ["route", verb, *what]:
                self._route(name, verb, _route(what))
            case ["rule", verb, "pref", preference, *source, action] | [
                "rule", verb, "pref", preference, *source, "lookup", action,
            ]:  # fmt: skip
                rule = {PolicyRule(int(preference), int(action) if action.isdigit() else 0,
                                   source[1] if source[0] == "iif" else "")}  # fmt: skip
                assert (verb == "del") == (rule <= namespace.rules)
                self._set(name, rules=namespace.rules | rule if verb == "add" else namespace.rules - rule)

    def _route(self, name: str, verb: str, route: Route) -> None:
        namespace = self.namespaces[name]
        assert route.kind == "blackhole" or route.device in self._devices(name)
        others = {r for r in namespace.routes if (r.table, r.destination) != (route.table, route.destination)}
        assert verb == "replace" or len(others) < len(namespace.routes)
        self._set(name, routes=others | {route} if verb == "replace" else others)


def _route(words: list[str]) -> Route:
    table = int(words[-1])
    if words[0] == "blackhole":
        return Route(table, words[1], "blackhole")
    via = words[words.index("via") + 1] if "via" in words else ""
    return Route(table, words[0], "unicast", words[words.index("dev") + 1], via)


MACS = ("0a:00:00:00:00:01", "0a:00:00:00:00:02")
TABLES = (100, 200)
DESTINATIONS = ("0.0.0.0/0", "10.0.0.1/32", "10.0.0.0/16")

# Every fact that there may be, spelled out: drawing one of a list is many times quicker than building one of its parts.
ADDRESSES = [Address("lo", block) for block in ("10.0.0.1/32", "10.0.0.2/32")]
RULES = [PolicyRule(*each) for each in product((100, 1000), TABLES, ("", "e1"))]
DELAYS = [Delay(*each) for each in product((0, 50), (10, 20))]
BLACKHOLES = [Route(*each, "blackhole") for each in product(TABLES, DESTINATIONS)]


@st.composite
def plans(draw: st.DrawFn) -> Wanted:
    """Any network in which every device that is named has a cable."""
    routers = draw(st.sets(st.sampled_from(ROUTERS), min_size=1))
    hosts = draw(st.sets(st.sampled_from(HOSTS)))
    cables = set()
    for device in draw(st.sets(st.sampled_from(DEVICES))) if hosts else ():
        near = End(draw(st.sampled_from(sorted(routers))), device, "02:00:00:00:00:01")
        far = End(draw(st.sampled_from(sorted(hosts))), f"eth-{device}", draw(st.sampled_from(MACS)))
        cables.add(Cable(near, far, 9001, ("link set lo up",)))
    return Wanted({name: draw(_router(name, _devices(name, cables))) for name in routers}, frozenset(hosts),
                  frozenset(cables))  # fmt: skip


def _devices(router: str, cables: set[Cable]) -> tuple[str, ...]:
    return tuple(sorted(cable.near.device for cable in cables if cable.near.namespace == router))


@cache
def _router(name: str, devices: tuple[str, ...]) -> st.SearchStrategy[Namespace]:
    unicast = [
        Route(table, destination, "unicast", device, via)
        for table, destination, device, via in product(TABLES, DESTINATIONS, devices, ("", "10.0.0.9"))
    ]
    neighbours = [Neighbour(*each) for each in product(devices, ("10.0.0.1", "10.0.0.9"), MACS)]
    return st.builds(
        Namespace,
        name=st.just(name),
        addresses=st.frozensets(st.sampled_from(ADDRESSES)),
        neighbours=_some(neighbours, lambda each: (each.device, each.address)),
        routes=_some(BLACKHOLES + unicast, lambda each: (each.table, each.destination)),
        rules=st.frozensets(st.sampled_from(RULES)),
        filters=_filter("vpc-1", "vpc-2"),
        egress_filters=_filter("late-1", "late-2"),
        delays=st.frozensets(st.sampled_from(DELAYS)),
    )


def _some(facts: list[Any], key: Callable[[Any], Any]) -> st.SearchStrategy[frozenset[Any]]:
    if not facts:
        return st.just(frozenset())
    return st.lists(st.sampled_from(facts), unique_by=key).map(frozenset)


def _filter(*names: str) -> st.SearchStrategy[dict[str, str]]:
    return st.sampled_from([{}, *({name: "chain a {}\n"} for name in names)])


def _bare(wanted: Wanted) -> Observed:
    """As observation would say it: of filters the names alone."""
    routers = {
        name: replace(
            each, filters=dict.fromkeys(each.filters, ""), egress_filters=dict.fromkeys(each.egress_filters, "")
        )
        for name, each in wanted.routers.items()
    }
    return settled(replace(wanted, routers=routers))


@given(plans(), plans())
def test_the_commands_lead_from_any_network_to_any_other(first: Wanted, second: Wanted) -> None:
    kernel = Kernel()
    for wanted in (first, second):
        kernel.give(list(commands(wanted, kernel.observed())))

        assert kernel.observed() == _bare(wanted)
        assert not kernel.unaware


@given(plans())
def test_applied_twice_they_are_none(wanted: Wanted) -> None:
    kernel = Kernel()
    kernel.give(list(commands(wanted, kernel.observed())))

    assert list(commands(wanted, kernel.observed())) == []


@given(plans(), plans(), st.integers(0, 60))
def test_a_run_that_was_cut_off_anywhere_is_completed_by_the_next(first: Wanted, second: Wanted, count: int) -> None:
    kernel = Kernel()
    kernel.give(list(commands(first, kernel.observed())))
    kernel.give(list(commands(second, kernel.observed()))[:count])

    kernel.give(list(commands(second, kernel.observed())))

    assert kernel.observed() == _bare(second)
    assert not kernel.unaware


@given(plans(), plans())
def test_what_was_settled_may_be_taken_for_granted(first: Wanted, second: Wanted) -> None:
    kernel = Kernel()
    kernel.give(list(commands(first, kernel.observed())))

    kernel.give(list(commands(second, settled(first))))

    assert kernel.observed() == _bare(second)
    assert not kernel.unaware


def test_a_route_that_moves_is_replaced_by_one_command() -> None:
    before = Namespace("r1", routes=frozenset({Route(200, "0.0.0.0/0", "unicast", "e1", "10.0.0.1")}))
    after = Namespace("r1", routes=frozenset({Route(200, "0.0.0.0/0", "unicast", "e2", "10.0.0.2")}))

    steps = list(commands(Wanted({"r1": after}), Observed({"r1": before})))

    assert steps == [Ip("r1", ("route replace 0.0.0.0/0 dev e2 via 10.0.0.2 onlink table 200",))]


def test_the_filter_stands_before_the_first_cable_is_laid() -> None:
    cable = Cable(End("r1", "e1", "02:00:00:00:00:01"), End("h1", "eth0", "0a:00:00:00:00:01"), 9001)
    router = Namespace("r1", filters={"vpc-1": "chain a {}\n"})

    steps = list(commands(Wanted({"r1": router}, frozenset({"h1"}), frozenset({cable})), Observed()))

    kinds = [type(step).__name__ for step in steps]
    assert kinds.index("SwapFilters") < kinds.index("Ip")


def test_what_a_machine_plugs_in_itself_is_its_own_affair() -> None:
    cable = Cable(End("r1", "e1", "02:00:00:00:00:01"), End("h1", "eth0", "0a:00:00:00:00:01"), 9001)
    wanted = Wanted({"r1": Namespace("r1")}, frozenset({"h1"}), frozenset({cable}))
    containers = End("h1", "veth1a2b3c4", "0a:00:00:00:00:02")

    observed = settled(wanted)

    assert list(commands(wanted, replace(observed, ends=observed.ends | {containers}))) == []


def test_a_delay_is_held_before_packets_go_there_and_ended_after_the_last() -> None:
    calm = Namespace("r1")
    slow = Namespace("r1", egress_filters={"late-1": "chain a {}\n"}, delays=frozenset({Delay(50)}))

    begun = [type(each).__name__ for each in commands(Wanted({"r1": slow}), Observed({"r1": calm}))]
    ended = [type(each).__name__ for each in commands(Wanted({"r1": calm}), Observed({"r1": slow}))]

    assert begun == ["StartDelay", "SwapFilters"]
    assert ended == ["SwapFilters", "EndDelay"]
