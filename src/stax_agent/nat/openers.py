"""Opens the security group for connections that this box adopts.

A security group lets replies in to what its own interface has sent.  A connection that moved here has
sent nothing from here yet: what only receives would starve until its inside speaks.  So a bare
acknowledgement is sent out for each TCP connection, an empty datagram for UDP.  The sequence number fits
nothing: should it reach the server, the server repeats its last acknowledgement, as RFC 9293 has it; its time
to live ends before most.
"""

import socket
import struct
from collections.abc import Iterable

from stax_agent.nat.connections import Connection

MARK = 0x57
"""By which the rules of the box keep these out of connection tracking."""
_TIME_TO_LIVE = 2
_ACK = 0x10
_TCP, _UDP = 6, 17


def opener(connection: Connection, source: bytes) -> bytes:
    """Return the whole packet, from the address that holds the Elastic IP now."""
    protocol, _, _, target, target_port = connection.key
    ports = struct.pack("!HH", connection.nat_port, target_port)
    if protocol == _TCP:
        payload = ports + struct.pack("!IIBBHHH", 0, 0, 5 << 4, _ACK, 0, 0, 0)
        checksum = _checksum(source + target + struct.pack("!HH", _TCP, len(payload)) + payload)
        payload = payload[:16] + struct.pack("!H", checksum) + payload[18:]
    else:
        payload = ports + struct.pack("!HH", 8, 0)  # UDP without a checksum, as IPv4 allows
    # The kernel fills in length, identification and the header's checksum.
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, _TIME_TO_LIVE, protocol, 0, source, target)
    return head + payload


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def send_openers(connections: Iterable[Connection], source: bytes) -> int:
    """Send one for each connection by TCP or UDP; return how many went out.  Raises OSError without the right to."""
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
        for each in connections:
            if each.key[0] in {_TCP, _UDP}:
                link.sendto(opener(each, source), (socket.inet_ntoa(each.key[3]), 0))
                sent += 1
    return sent
