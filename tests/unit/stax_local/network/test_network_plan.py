"""What the account says, as routes, neighbours and cables."""

from tests.accounts import ALL, Account, aws_id

from stax_local.network import names
from stax_local.network.names import Names
from stax_local.network.plan import wanted_network
from stax_local.observed import Address, Namespace, PolicyRule, Route

NAMES = Names("stax-test")
INTERNET = "0.0.0.0/0"


class Pair:
    """A public and a private subnet with a machine each."""

    def __init__(self) -> None:
        self.account = account = Account()
        self.vpc = account.vpc()
        self.gateway = account.internet_gateway(self.vpc)
        self.public, self.private = account.route_table(self.vpc), account.route_table(self.vpc)
        account.route(self.public, self.gateway)
        self.group = account.group(self.vpc, ALL)
        self.nat, self.nat_interface = account.machine(
            account.subnet(self.public, "10.183.1.0/24"), "10.183.1.10", self.group, check=False
        )
        self.host, self.host_interface = account.machine(
            account.subnet(self.private, "10.183.0.0/24"), "10.183.0.20", self.group
        )

    def router(self) -> Namespace:
        return wanted_network(self.account.world, NAMES).routers[NAMES.vpc(self.vpc)]

    def default_route(self, table_id: str) -> Route:
        """The default route of that route table, in the kernel."""
        number = names.number(table_id)
        return next(route for route in self.router().routes if (route.table, route.destination) == (number, INTERNET))


def test_every_private_address_is_a_route_of_its_own_and_the_rest_of_the_vpc_is_dropped() -> None:
    pair = Pair()
    pair.account.second_address(pair.nat_interface, "10.183.1.12")
    nat, host = names.device("e", pair.nat_interface), names.device("e", pair.host_interface)

    local = {route for route in pair.router().routes if route.table == names.LOCAL_TABLE}

    assert local == {
        Route(names.LOCAL_TABLE, "10.183.0.0/16", "blackhole"),
        Route(names.LOCAL_TABLE, "10.183.1.10/32", "unicast", nat),
        Route(names.LOCAL_TABLE, "10.183.1.12/32", "unicast", nat),
        Route(names.LOCAL_TABLE, "10.183.0.20/32", "unicast", host),
    }


def test_a_packet_asks_the_local_table_then_its_subnets_then_is_dropped() -> None:
    pair = Pair()
    nat, host = names.device("e", pair.nat_interface), names.device("e", pair.host_interface)

    assert sorted(pair.router().rules) == [
        PolicyRule(100, names.LOCAL_TABLE),
        PolicyRule(1000, names.number(pair.public), nat),
        PolicyRule(1000, names.number(pair.private), host),
        PolicyRule(32000, 0),
    ]


def test_a_route_to_the_internet_gateway_leaves_by_it() -> None:
    pair = Pair()

    assert pair.default_route(pair.public) == Route(
        names.number(pair.public), INTERNET, "unicast", names.GATEWAY_DEVICE, names.INTERNET_NEXT_HOP
    )


def test_a_route_to_a_detached_internet_gateway_is_a_blackhole() -> None:
    pair = Pair()
    pair.account.forget("internet_gateways", pair.gateway)

    assert pair.default_route(pair.public) == Route(names.number(pair.public), INTERNET, "blackhole")


def test_a_route_to_an_interface_goes_to_its_machine() -> None:
    pair = Pair()
    pair.account.route(pair.private, pair.nat_interface)

    device = names.device("e", pair.nat_interface)
    assert pair.default_route(pair.private) == Route(
        names.number(pair.private), INTERNET, "unicast", device, "10.183.1.10"
    )


def test_a_route_to_an_instance_goes_to_its_first_interface() -> None:
    pair = Pair()
    pair.account.route(pair.private, pair.nat)

    assert pair.default_route(pair.private).device == names.device("e", pair.nat_interface)


def test_a_route_to_a_stopped_machine_is_a_blackhole_until_it_runs_again() -> None:
    pair = Pair()
    pair.account.route(pair.private, pair.nat_interface)
    alive = pair.default_route(pair.private)

    pair.account.state(pair.nat, "stopped")
    assert pair.default_route(pair.private).kind == "blackhole"

    pair.account.state(pair.nat, "pending")
    assert pair.default_route(pair.private) == alive


def test_the_vpc_answers_at_its_routers_its_resolver_and_its_metadata_service() -> None:
    assert Pair().router().addresses == {
        Address("lo", f"{address}/32")
        for address in (
            "169.254.169.254",
            "169.254.169.253",
            "169.254.169.252",
            "10.183.0.2",
            "10.183.0.1",
            "10.183.1.1",
        )
    }


def test_a_public_address_is_routed_to_the_gateway_of_its_vpc() -> None:
    pair = Pair()
    pair.account.elastic_ip("198.51.100.7", pair.nat_interface)

    internet = wanted_network(pair.account.world, NAMES).routers[NAMES.internet]

    assert internet.routes == {
        Route(254, "198.51.100.7/32", "unicast", names.device("v", pair.vpc), names.VPC_NEXT_HOP)
    }


def test_a_public_address_of_a_stopped_machine_leads_nowhere() -> None:
    pair = Pair()
    pair.account.elastic_ip("198.51.100.7", pair.nat_interface)
    pair.account.state(pair.nat, "stopped")

    assert wanted_network(pair.account.world, NAMES).routers[NAMES.internet].routes == frozenset()


def test_a_terminated_machine_leaves_neither_namespace_nor_cable() -> None:
    pair = Pair()
    pair.account.state(pair.host, "terminated")

    wanted = wanted_network(pair.account.world, NAMES)

    assert wanted.hosts == {NAMES.machine(pair.nat)}
    assert NAMES.machine(pair.host) not in {cable.far.namespace for cable in wanted.cables}


def test_two_vpcs_with_the_same_addresses_have_a_router_each() -> None:
    account = Account()
    first, second = account.vpc(), account.vpc()

    assert wanted_network(account.world, NAMES).routers.keys() == {NAMES.internet, NAMES.vpc(first), NAMES.vpc(second)}


def test_names_of_devices_fit_into_linux_and_tell_interfaces_apart() -> None:
    one, other = aws_id("eni", 1), aws_id("eni", 2)

    assert len(names.device("e", one).encode()) <= 15
    assert names.device("e", one) != names.device("e", other)


def test_numbers_of_routing_tables_keep_clear_of_the_kernels_own() -> None:
    assert names.number("rtb-00000000000000000") > 255
    assert names.number("rtb-fffffffffffffffff") < 2**32
