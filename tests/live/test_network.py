"""Packets go where the account says, and nowhere else."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.accounts import ALL, ANYWHERE, Account, Rule
from tests.lab import Lab, exchanges

from stax_local.internet.places import OPERATOR_ADDRESS, SERVER_ADDRESSES
from stax_local.kernel import namespaces

WEB = SERVER_ADDRESSES[0]
PUBLIC = "198.51.100.1"


@dataclass
class Site:
    """A VPC with a public and a private subnet: two NAT boxes in the one, two hosts in the other."""

    lab: Lab
    gateway: str
    private_table: str
    group: str
    nat1: str
    nat1_interface: str
    nat2: str
    nat2_interface: str
    host: str
    other_host: str

    @property
    def account(self) -> Account:
        return self.lab.account

    def settle(self) -> None:
        self.lab.settle()


@pytest.fixture
def site(lab: Lab) -> Site:
    account = lab.account
    vpc = account.vpc()
    gateway = account.internet_gateway(vpc)
    public, private = account.route_table(vpc), account.route_table(vpc)
    account.route(public, gateway)
    public_subnet, private_subnet = account.subnet(public, "10.183.1.0/24"), account.subnet(private, "10.183.0.0/24")
    group = account.group(vpc)
    account.rules(group, Rule("-1", None, None, group_id=group), Rule("-1", None, None, "10.183.0.0/24"))
    nat1 = account.machine(public_subnet, "10.183.1.10", group, check=False)
    nat2 = account.machine(public_subnet, "10.183.1.11", group, check=False)
    host, _ = account.machine(private_subnet, "10.183.0.20", group)
    other, _ = account.machine(private_subnet, "10.183.0.21", group)
    account.elastic_ip(PUBLIC, nat1[1])
    account.elastic_ip("198.51.100.2", nat2[1])
    lab.settle()
    return Site(lab, gateway, private, group, *nat1, *nat2, host, other)


def test_machines_of_one_vpc_reach_each_other_within_and_across_subnets(site: Site) -> None:
    host = site.lab.machine(site.host)

    assert site.lab.pings(host, "10.183.0.21")
    assert site.lab.pings(host, "10.183.1.10")


def test_an_address_that_nobody_has_is_silent(site: Site) -> None:
    assert not site.lab.pings(site.lab.machine(site.host), "10.183.0.99")


def test_a_machine_with_a_public_address_reaches_the_internet_as_that_address(site: Site) -> None:
    nat1 = site.lab.machine(site.nat1)

    assert site.lab.pings(nat1, OPERATOR_ADDRESS)
    site.lab.run(site.lab.internet, "nft", "add table ip t; add chain ip t c { type filter hook input priority 0; };"
                 f"add rule ip t c ip saddr != {PUBLIC} drop")  # fmt: skip
    assert site.lab.pings(nat1, OPERATOR_ADDRESS)


def test_a_machine_without_a_public_address_does_not_get_out_even_with_a_route(site: Site) -> None:
    site.account.route(site.private_table, site.gateway)
    site.settle()

    assert not site.lab.pings(site.lab.machine(site.host), OPERATOR_ADDRESS)


def test_a_private_machine_gets_out_through_the_nat_box_that_its_route_names(site: Site) -> None:
    site.lab.nat(site.nat1)
    host = site.lab.machine(site.host)
    assert not site.lab.pings(host, OPERATOR_ADDRESS)

    site.account.route(site.private_table, site.nat1_interface)
    site.settle()

    assert site.lab.pings(host, OPERATOR_ADDRESS)


def test_a_replaced_route_moves_the_packets(site: Site) -> None:
    site.lab.nat(site.nat1)
    site.lab.nat(site.nat2)
    site.lab.echo(site.lab.internet, WEB, 7)
    site.account.route(site.private_table, site.nat1_interface)
    site.settle()
    assert site.lab.tcp(site.lab.machine(site.host), WEB, 7)

    site.account.route(site.private_table, site.nat2_interface)
    site.settle()
    site.lab.run(site.lab.machine(site.nat1), "sysctl", "-qw", "net.ipv4.ip_forward=0")

    assert site.lab.tcp(site.lab.machine(site.host), WEB, 7)


def test_a_nat_box_with_the_source_check_on_forwards_nothing(site: Site) -> None:
    account = site.account
    subnet = account.world.network_interfaces[site.nat1_interface].subnet_id
    checked, interface = account.machine(subnet, "10.183.1.12", site.group)
    account.elastic_ip("198.51.100.3", interface)
    account.route(site.private_table, interface)
    site.settle()
    site.lab.nat(checked)

    assert site.lab.pings(site.lab.machine(checked), OPERATOR_ADDRESS)
    assert not site.lab.pings(site.lab.machine(site.host), OPERATOR_ADDRESS)


def test_a_machine_cannot_lend_itself_an_address(site: Site) -> None:
    host = site.lab.machine(site.host)
    site.lab.run(host, "ip", "addr", "add", "10.183.0.77/32", "dev", "eth0")

    assert site.lab.run(host, "ping", "-c1", "-W0.4", "-I", "10.183.0.77", "10.183.0.21").returncode != 0


def test_a_route_to_a_stopped_box_swallows_packets_until_it_is_back(site: Site) -> None:
    site.account.route(site.private_table, site.nat1_interface)
    site.settle()
    site.account.state(site.nat1, "stopped")
    site.settle()
    assert not site.lab.pings(site.lab.machine(site.host), OPERATOR_ADDRESS)
    assert not namespaces.exists(site.lab.machine(site.nat1))

    site.account.state(site.nat1, "running")
    site.settle()
    site.lab.nat(site.nat1)

    assert site.lab.pings(site.lab.machine(site.host), OPERATOR_ADDRESS)


def test_nobody_comes_in_from_the_internet_without_a_rule(site: Site) -> None:
    site.lab.echo(site.lab.machine(site.nat1), "10.183.1.10", 22)
    assert not site.lab.tcp(site.lab.internet, PUBLIC, 22)

    site.account.rules(site.group, Rule("tcp", 22, 22, f"{OPERATOR_ADDRESS}/32"))
    site.settle()

    assert site.lab.tcp(site.lab.internet, PUBLIC, 22)
    assert not site.lab.udp(site.lab.internet, PUBLIC, 22)


def test_a_gateway_that_is_detached_cuts_both_ways(site: Site) -> None:
    site.account.forget("internet_gateways", site.gateway)
    site.settle()

    assert not site.lab.pings(site.lab.machine(site.nat1), OPERATOR_ADDRESS)
    assert not site.lab.pings(site.lab.internet, PUBLIC)


def test_an_open_connection_from_inside_survives_a_rule_change_elsewhere(site: Site) -> None:
    site.lab.echo(site.lab.internet, WEB, 7)
    with site.lab.connected(site.lab.machine(site.nat1), WEB, 7) as connection:
        assert exchanges(connection)
        site.account.rules(site.group, Rule("tcp", 1, 1, ANYWHERE))
        site.settle()

        assert exchanges(connection)


def test_two_vpcs_may_use_the_same_addresses(site: Site) -> None:
    account = site.account
    vpc = account.vpc()
    subnet = account.subnet(account.route_table(vpc), "10.183.0.0/24")
    twin, _ = account.machine(subnet, "10.183.0.20", account.group(vpc, ALL))
    lonely, _ = account.machine(subnet, "10.183.0.30", account.group(vpc, ALL))
    site.settle()

    assert site.lab.pings(site.lab.machine(lonely), "10.183.0.20")
    assert not site.lab.pings(site.lab.machine(lonely), "10.183.1.10")
    assert not site.lab.pings(site.lab.machine(site.host), "10.183.0.30")
    assert namespaces.exists(site.lab.machine(twin))


def test_two_regions_live_side_by_side(site: Site, tmp_path: Path) -> None:
    other = Lab(tmp_path / "other")
    other.state.mkdir()
    try:
        vpc = other.account.vpc()
        subnet = other.account.subnet(other.account.route_table(vpc), "10.183.0.0/24")
        machine, _ = other.account.machine(subnet, "10.183.0.20", other.account.group(vpc, ALL))
        other.settle()

        assert not other.pings(other.machine(machine), "10.183.0.21")
        assert site.lab.pings(site.lab.machine(site.host), "10.183.0.21")
    finally:
        other.close()
    assert site.lab.pings(site.lab.machine(site.host), "10.183.0.21")


def test_a_region_killed_and_started_again_finds_its_network_and_changes_nothing(site: Site) -> None:
    again = Lab(site.lab.state)

    assert again.fabric.settle(site.account.world) == []


def test_what_somebody_else_changed_is_mended_by_the_sweep(site: Site) -> None:
    vpc = next(iter(site.account.world.vpcs))
    router = site.lab.fabric.names.vpc(vpc)
    site.lab.run(router, "ip", "rule", "del", "pref", "1000")
    site.lab.run(router, "nft", "flush", "ruleset")
    site.lab.run(router, "ip", "route", "flush", "table", "100")

    assert site.lab.fabric.sweep()
    assert site.lab.fabric.sweep() == []
    assert site.lab.pings(site.lab.machine(site.host), "10.183.0.21")


def test_removed_it_leaves_nothing(site: Site) -> None:
    label = site.lab.fabric.names.label
    site.lab.fabric.remove()

    assert not [each.name for each in namespaces.FOLDER.iterdir() if each.name.startswith(label)]
