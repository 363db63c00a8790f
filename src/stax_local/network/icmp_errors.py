"""ICMP errors that come back to an Elastic IP: the packet they quote must be the one that was sent.  Pure.

An error carries the head of the packet that caused it.  That packet left under the public address, so
the machine, and the security group that lets related packets in, would not know it again.  nft
rewrites the outer header only; here the quoted one is rewritten as well.
"""

import struct
from collections.abc import Mapping
from ipaddress import IPv4Address

DESTINATION_UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM = 3, 11, 12
ERRORS = (DESTINATION_UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM)

_ICMP_HEADER = 8
_SHORTEST_IP_HEADER = 20
_SOURCE, _CHECKSUM = slice(12, 16), slice(10, 12)


def translated(packet: bytes, private_of: Mapping[str, str]) -> tuple[bytes, str] | None:
    """The error as the machine must see it and the address to send it to; None when it is no such error."""
    outer_length = _header_length(packet)
    error = packet[outer_length:]
    inner = error[_ICMP_HEADER:]
    if not outer_length or len(error) < _ICMP_HEADER or error[0] not in ERRORS or not _header_length(inner):
        return None
    private = private_of.get(str(IPv4Address(inner[_SOURCE])))
    if private is None:
        return None
    address = IPv4Address(private).packed
    quoted = _with_checksum(inner, _SOURCE, address)
    body = error[:2] + b"\0\0" + error[4:_ICMP_HEADER] + quoted
    outer = packet[:16] + address + packet[20:outer_length]
    return outer + body[:2] + struct.pack("!H", checksum(body)) + body[4:], private


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _header_length(packet: bytes) -> int:
    """The length of the IPv4 header that the packet begins with; 0 if it does not."""
    if len(packet) < _SHORTEST_IP_HEADER or packet[0] >> 4 != 4:
        return 0
    length = (packet[0] & 0xF) * 4
    return length if _SHORTEST_IP_HEADER <= length <= len(packet) else 0


def _with_checksum(packet: bytes, where: slice, address: bytes) -> bytes:
    """The packet with another address in its header, and the header's checksum made right."""
    changed = bytearray(packet)
    changed[where] = address
    changed[_CHECKSUM] = b"\0\0"
    changed[_CHECKSUM] = struct.pack("!H", checksum(bytes(changed[: _header_length(packet)])))
    return bytes(changed)
