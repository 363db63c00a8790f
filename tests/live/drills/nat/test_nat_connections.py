"""What becomes of connections: idle for too long, by ICMP, over a path that is narrower than it looks.

The numbers are those of the cases in docs/nat.md.
"""

import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from tests.nat_lab import WEB, NatLab, eventually

from stax_local.kernel import namespaces

ECHO = (WEB, 7)
IDLE_S = 3
NARROW_BYTES = 1300


@contextmanager
def idle_for(lab: NatLab, box: int, seconds: int) -> Iterator[None]:
    """Have the box keep idle connections for so long."""
    name = "net.netfilter.nf_conntrack_tcp_timeout_established"
    lab.run(lab.nats[box], "sysctl", "-qw", f"{name}={seconds}")
    try:
        yield
    finally:
        lab.prepare(box)


def connected(lab: NatLab, zone: int) -> socket.socket:
    """A connection from the zone's docker host to a server that echoes."""
    return lab.inside(lab.hosts[zone], lambda: socket.create_connection(ECHO, timeout=20))


def echoes(link: socket.socket, text: bytes = b"here\n") -> bool:
    link.sendall(text)
    heard = b""
    while len(heard) < len(text):
        part = link.recv(65536)
        if not part:
            return False
        heard += part
    return heard == text


def comes_back(link: socket.socket) -> bool:
    """Whether a datagram is echoed."""
    link.send(b"here")
    with suppress(TimeoutError):
        return link.recv(99) == b"here"
    return False


def settled(lab: NatLab, box: int) -> str:
    """The zones whose unknown connections the box resets."""
    return lab.run(lab.nats[box], "nft", "list", "set", "inet", "stax_nat", "settled")


def known(lab: NatLab, box: int, port: int) -> bool:
    """Whether the box's kernel knows a connection from this port of a docker host."""
    return f"sport={port} " in lab.run(lab.nats[box], "conntrack", "-L", "-p", "tcp", "--orig-port-src", str(port))


def test_a_connection_that_was_idle_for_too_long_is_reset_towards_the_inside(pair: NatLab) -> None:
    """Case 18: as a NAT gateway does; not a silence that lasts."""
    with idle_for(pair, 1, IDLE_S), connected(pair, 1) as link:
        assert echoes(link)
        port = link.getsockname()[1]
        eventually(lambda: not known(pair, 1, port))
        eventually(lambda: "10.183.0.0/24" in settled(pair, 1))

        with pytest.raises(ConnectionResetError):
            echoes(link)


def test_a_connection_that_was_idle_for_too_long_is_reset_when_its_inside_closes_it(pair: NatLab) -> None:
    """Case 18."""
    with idle_for(pair, 1, IDLE_S), connected(pair, 1) as link:
        assert echoes(link)
        port = link.getsockname()[1]
        eventually(lambda: not known(pair, 1, port))
        eventually(lambda: "10.183.0.0/24" in settled(pair, 1))
        link.shutdown(socket.SHUT_WR)

        with pytest.raises(ConnectionResetError):
            link.recv(1)


def test_an_idle_connection_lives_on_when_its_zone_moves(pair: NatLab) -> None:
    """Case 18: what is within its time is no stranger to the box that stands in."""
    with connected(pair, 1) as link:
        assert echoes(link)
        eventually(lambda: pair.status(2)["copies"] > 0)
        pair.power_cut(1)
        eventually(lambda: pair.called_from(1) == pair.public[1])

        assert echoes(link)
        assert "10.183.0.0/24" not in settled(pair, 2)


def test_what_nobody_has_told_of_is_adopted_after_a_move_and_not_reset(pair: NatLab) -> None:
    """Too young to have been told, but its inside speaks: the entry is gone, as if it had never been there."""
    with connected(pair, 1) as link:
        pair.power_cut(1)
        eventually(lambda: pair.called_from(1) == pair.public[1])
        port = str(link.getsockname()[1])
        pair.run(pair.nats[2], "conntrack", "-D", "-p", "tcp", "--orig-port-src", port)

        assert echoes(link)


def test_pings_go_on_when_the_zone_moves(pair: NatLab) -> None:
    """Case 17: one and the same series of them."""
    command = ("ip", "netns", "exec", pair.namespace(pair.hosts[1]), "ping", "-D", "-i0.2", WEB)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ping:
        assert ping.stdout
        replies = (float(line[1:].partition("]")[0]) for line in ping.stdout if "bytes from" in line)
        try:
            assert next(replies)
            pair.power_cut(1)
            eventually(lambda: pair.called_from(1) == pair.public[1])
            moved_at = time.time()

            assert any(at > moved_at for at in replies)
        finally:
            ping.kill()


@pytest.mark.parametrize("carrier", [1, 2], ids=["by its own box", "by the one that stands in"])
def test_a_path_that_is_narrower_than_it_looks_is_told_to_the_inside(pair: NatLab, carrier: int) -> None:
    """Case 17: the message quotes a packet as it left, translated; the inside has to recognise its own."""
    if carrier == 2:
        (pair.state(1) / "drain").touch()
        eventually(lambda: pair.carrier(1) == 2 and pair.called_from(1) == pair.public[1])
    with pair.inside(pair.hosts[1], lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as link:
        link.settimeout(1)
        link.connect(ECHO)

        def is_told() -> bool:
            # A datagram that goes out just while the zone moves is lost, and nobody repeats it but who has sent it.
            if comes_back(link):
                tell_narrow_path(pair, pair.public[1], link.getsockname()[1])
            return f"mtu {NARROW_BYTES}" in pair.run(pair.hosts[1], "ip", "route", "get", WEB)

        eventually(is_told)
    pair.run(pair.hosts[1], "ip", "route", "flush", "cache")


def tell_narrow_path(lab: NatLab, public: str, port: int) -> None:
    """Send from the internet that a datagram from this public address was too long for some link on its way."""
    quoted = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1400, 0, 0x4000, 60, socket.IPPROTO_UDP, 0,
                         socket.inet_aton(public), socket.inet_aton(WEB))  # fmt: skip
    quoted = quoted[:10] + checksum(quoted) + quoted[12:] + struct.pack("!HHHH", port, ECHO[1], 1380, 0)
    message = struct.pack("!BBHHH", 3, 4, 0, 0, NARROW_BYTES) + quoted
    whole = message[:2] + checksum(message) + message[4:]
    raw = namespaces.inside(
        f"{lab.label}.internet", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    )
    with raw:
        raw.bind((WEB, 0))
        raw.sendto(whole, (public, 0))


def checksum(packet: bytes) -> bytes:
    """The internet checksum of RFC 1071."""
    total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)
