"""The way out into the world, which is played by a namespace of its own here."""

import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.accounts import ALL
from tests.lab import Lab, exchanges

from stax_local.connections import Server
from stax_local.internet.authority import Authority
from stax_local.internet.echo import EchoHandler
from stax_local.internet.servers import Internet
from stax_local.kernel import namespaces
from stax_local.kernel.namespaces import inside
from stax_local.kernel.process import run
from stax_local.kernel.sockets import listening

WORLD, NOBODY = "93.184.216.34", "93.184.216.35"
PUBLIC = "198.51.100.1"


class Site:
    """A public machine and a private one, and a world with one server in it."""

    def __init__(self, lab: Lab, world: str) -> None:
        self.lab, self.world = lab, world
        self.called: list[tuple[str, int]] = []
        account = lab.account
        vpc = account.vpc()
        table, group = account.route_table(vpc), account.group(vpc, ALL)
        account.route(table, account.internet_gateway(vpc))
        subnet = account.subnet(table, "10.183.1.0/24")
        self.public, interface = account.machine(subnet, "10.183.1.10", group)
        self.private, _ = account.machine(subnet, "10.183.1.11", group)
        account.elastic_ip(PUBLIC, interface)
        lab.settle()
        self.internet = Internet(lab.internet, Authority(lab.state), self._front, lab.state / "dial.sock", self.call)
        self.server = Server(listening(world, WORLD, 7), EchoHandler)

    def call(self, target: tuple[str, int]) -> socket.socket:
        self.called.append(target)
        return inside(self.world, lambda: socket.create_connection(target, timeout=5))

    def _front(self) -> socket.socket:
        raise ConnectionRefusedError

    def close(self) -> None:
        self.internet.close()
        self.server.close()

    def connected(self, machine: str, address: str, port: int) -> socket.socket:
        return inside(self.lab.machine(machine), lambda: socket.create_connection((address, port), timeout=2))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    world = f"world-{secrets.token_hex(4)}"
    lab = Lab(tmp_path, has_uplink=True)
    namespaces.make(world, forwards=False)
    try:
        run(("ip", "-n", world, "addr", "add", f"{WORLD}/32", "dev", "lo"))
        made = Site(lab, world)
        yield made
        made.close()
    finally:
        lab.close()
        namespaces.drop(world)


def test_a_machine_with_a_public_address_talks_to_the_world(site: Site) -> None:
    with site.connected(site.public, WORLD, 7) as connection:
        assert exchanges(connection, within_s=5)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(9) == b""

    assert site.called == [(WORLD, 7)]


def test_a_machine_without_one_does_not(site: Site) -> None:
    with pytest.raises(TimeoutError):
        site.connected(site.private, WORLD, 7)

    assert site.called == []


def test_where_nobody_answers_the_connection_is_reset(site: Site) -> None:
    with site.connected(site.public, NOBODY, 7) as connection, pytest.raises(ConnectionResetError):
        connection.recv(9)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "203.0.113.4"])
def test_nothing_of_this_machine_or_its_own_network_is_ever_called(site: Site, address: str) -> None:
    for port in (22, 15001):
        try:
            with site.connected(site.public, address, port) as connection:
                assert connection.recv(9) == b""
        except OSError:
            pass  # the machine itself, or nobody

    assert site.called == []


def test_the_region_still_answers_for_its_own(site: Site) -> None:
    assert site.lab.tcp(site.lab.machine(site.public), "203.0.113.10", 7)
    assert site.called == []
    assert site.lab.fabric.sweep() == []
