"""Which connections left untranslated."""

from ipaddress import IPv4Address

from stax_agent.nat.connections import Connection
from stax_agent.nat.site import Site, Zone
from stax_agent.nat.strays import untranslated

HOST, HOME, SERVER, NEIGHBOUR = "10.183.0.20", "10.183.1.5", "203.0.113.10", "10.183.2.9"


def zone(number: int) -> Zone:
    return Zone(
        inside=f"10.183.{2 * number - 2}.0/24", home=f"10.183.{2 * number - 1}.5",
        stand_in=f"10.183.{2 * number - 1}.6", interface_id=f"eni-{number}", route_table_id=f"rtb-{number}",
        allocation_id=f"eipalloc-{number}", public_ip=f"198.51.100.{number}",
    )  # fmt: skip


SITE = Site(me=1, region="us-east-1", vpc="10.183.0.0/16", zones={1: zone(1), 2: zone(2)})


def packed(address: str) -> bytes:
    return IPv4Address(address).packed


def connection(source: str, target: str, leaves_as: str) -> Connection:
    return Connection((17, packed(source), 4000, packed(target), 53), packed(leaves_as), 4000, 0, 0, 30)


def test_what_leaves_with_a_private_hosts_address_is_found():
    stray = connection(HOST, SERVER, HOST)

    assert list(untranslated([stray, connection(HOST, SERVER, HOME)], SITE)) == [stray]


def test_what_stays_within_the_vpc_and_what_the_box_itself_sends_are_as_they_should_be():
    assert not list(untranslated([connection(HOST, NEIGHBOUR, HOST), connection(HOME, SERVER, HOME)], SITE))
