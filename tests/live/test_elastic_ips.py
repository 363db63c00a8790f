"""Elastic IPs: one to one, without state, and movable under open connections."""

import socket
import threading
from contextlib import suppress

import pytest
from tests.accounts import ALL
from tests.lab import Lab, exchanges, rewriting

from stax_local.internet.places import SERVER_ADDRESSES
from stax_local.kernel.namespaces import inside

WEB = SERVER_ADDRESSES[0]
ONE, OTHER = "198.51.100.1", "198.51.100.2"


class Boxes:
    """Two public machines in one group that lets everything in."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        account = lab.account
        vpc = account.vpc()
        table = account.route_table(vpc)
        account.route(table, account.internet_gateway(vpc))
        subnet = account.subnet(table, "10.183.1.0/24")
        group = account.group(vpc, ALL)
        self.first, self.first_interface = account.machine(subnet, "10.183.1.10", group, check=False)
        self.second, self.second_interface = account.machine(subnet, "10.183.1.11", group, check=False)

    def associate(self, public_ip: str, interface: str, private_ip: str = "") -> None:
        self.lab.account.elastic_ip(public_ip, interface, private_ip)
        self.lab.settle()


@pytest.fixture
def boxes(lab: Lab) -> Boxes:
    return Boxes(lab)


def who_calls(lab: Lab, instance_id: str) -> str:
    """The address that the internet sees when the machine calls."""
    server = inside(lab.internet, lambda: socket.create_server((WEB, 0)))
    seen: list[str] = []

    def accept() -> None:
        with suppress(OSError), server.accept()[0] as connection:
            seen.append(connection.getpeername()[0])

    server.settimeout(2)
    thread = threading.Thread(target=accept)
    thread.start()
    with server, suppress(OSError), lab.connected(lab.machine(instance_id), WEB, server.getsockname()[1]):
        thread.join(timeout=3)
    return seen[0] if seen else ""


def test_the_internet_sees_the_public_address(boxes: Boxes) -> None:
    boxes.associate(ONE, boxes.first_interface)

    assert who_calls(boxes.lab, boxes.first) == ONE
    assert who_calls(boxes.lab, boxes.second) == ""


def test_whoever_calls_the_public_address_reaches_the_machine(boxes: Boxes) -> None:
    boxes.associate(ONE, boxes.first_interface)
    boxes.lab.echo(boxes.lab.machine(boxes.first), "10.183.1.10", 7)

    assert boxes.lab.tcp(boxes.lab.internet, ONE, 7)


def test_machines_reach_each_other_by_their_public_addresses(boxes: Boxes) -> None:
    boxes.associate(ONE, boxes.first_interface)
    boxes.associate(OTHER, boxes.second_interface)
    boxes.lab.echo(boxes.lab.machine(boxes.first), "10.183.1.10", 7)

    assert boxes.lab.tcp(boxes.lab.machine(boxes.second), ONE, 7)


def test_a_disassociated_address_leads_nowhere(boxes: Boxes) -> None:
    boxes.associate(ONE, boxes.first_interface)
    assert boxes.lab.pings(boxes.lab.internet, ONE)

    boxes.associate(ONE, "nobody")

    assert not boxes.lab.pings(boxes.lab.internet, ONE)


def test_an_address_moves_to_another_machine_at_once(boxes: Boxes) -> None:
    boxes.associate(ONE, boxes.first_interface)
    assert who_calls(boxes.lab, boxes.first) == ONE

    boxes.associate(ONE, boxes.second_interface)

    assert who_calls(boxes.lab, boxes.second) == ONE
    assert who_calls(boxes.lab, boxes.first) == ""


def test_a_second_private_address_may_hold_a_public_one(boxes: Boxes) -> None:
    boxes.lab.account.second_address(boxes.first_interface, "10.183.1.12")
    boxes.associate(ONE, boxes.first_interface, "10.183.1.12")
    machine = boxes.lab.machine(boxes.first)
    boxes.lab.run(machine, "ip", "addr", "add", "10.183.1.12/32", "dev", "eth0")
    boxes.lab.echo(machine, "10.183.1.12", 7)

    assert boxes.lab.tcp(boxes.lab.internet, ONE, 7)


def test_an_open_connection_survives_the_move_of_its_route_and_public_address(boxes: Boxes) -> None:
    """The translation at the gateway keeps no state, so a box that can go on with a connection just does.

    These two boxes rewrite without state as well, so that either can.
    """
    lab, account = boxes.lab, boxes.lab.account
    vpc = next(iter(account.world.vpcs))
    private = account.route_table(vpc)
    host, _ = account.machine(account.subnet(private, "10.183.0.0/24"), "10.183.0.20", account.group(vpc, ALL))
    account.route(private, boxes.first_interface)
    boxes.associate(ONE, boxes.first_interface)
    lab.echo(lab.internet, WEB, 7)
    for box, own in ((boxes.first, "10.183.1.10"), (boxes.second, "10.183.1.11")):
        rewrite_without_state(lab, box, own, inner="10.183.0.20")
    with lab.connected(lab.machine(host), WEB, 7) as connection:
        assert exchanges(connection)

        account.route(private, boxes.second_interface)
        boxes.associate(ONE, boxes.second_interface)

        assert exchanges(connection, within_s=3)


def rewrite_without_state(lab: Lab, box: str, own: str, *, inner: str) -> None:
    """Let the box lend its address to one machine behind it."""
    forwarding = ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.eth0.rp_filter=0")
    for argv in (("sysctl", "-qw", *forwarding), ("nft", rewriting(own, inner))):
        assert lab.run(lab.machine(box), *argv).returncode == 0
