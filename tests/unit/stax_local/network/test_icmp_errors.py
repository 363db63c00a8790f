"""An ICMP error that comes to an Elastic IP quotes the packet as the machine sent it."""

import struct
from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from stax_local.network.icmp_errors import checksum, translated

PRIVATE_OF = {"198.51.100.1": "10.183.1.10"}
ROUTER, SERVER, PUBLIC, PRIVATE = "203.0.113.9", "203.0.113.10", "198.51.100.1", "10.183.1.10"


def ip(source: str, destination: str, protocol: int, payload: bytes) -> bytes:
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, 60, protocol, 0,
        IPv4Address(source).packed, IPv4Address(destination).packed,
    )  # fmt: skip
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def unreachable(quoted: bytes, destination: str = PUBLIC, kind: int = 3) -> bytes:
    body = struct.pack("!BBHI", kind, 3, 0, 0) + quoted
    return ip(ROUTER, destination, 1, body[:2] + struct.pack("!H", checksum(body)) + body[4:])


def test_the_quoted_packet_is_the_one_that_the_machine_sent() -> None:
    ports = struct.pack("!HHHH", 4000, 7, 8, 0)

    found = translated(unreachable(ip(PUBLIC, SERVER, 17, ports)), PRIVATE_OF)

    assert found is not None
    packet, destination = found
    assert destination == PRIVATE
    assert packet[16:20] == IPv4Address(PRIVATE).packed
    assert packet[12:16] == IPv4Address(ROUTER).packed
    assert packet[28:] == ip(PRIVATE, SERVER, 17, ports)
    assert checksum(packet[20:]) == 0


def test_an_error_about_an_address_that_is_not_ours_is_left_alone() -> None:
    assert translated(unreachable(ip("198.51.100.9", SERVER, 17, b"")), PRIVATE_OF) is None


def test_what_is_no_error_is_left_alone() -> None:
    assert translated(unreachable(ip(PUBLIC, SERVER, 17, b""), kind=8), PRIVATE_OF) is None


@given(st.binary(max_size=120))
def test_no_packet_is_too_strange(packet: bytes) -> None:
    translated(packet, PRIVATE_OF)


@given(st.binary(max_size=60))
def test_no_quotation_is_too_strange(quoted: bytes) -> None:
    translated(unreachable(quoted), PRIVATE_OF)
