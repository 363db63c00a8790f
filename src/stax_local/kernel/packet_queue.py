"""Packets that nft hands to a queue: the kernel holds them, and lets them go on when it is told to.

The kernel's own protocol (linux/netfilter/nfnetlink_queue.h) in the few words that this takes.
Packets never leave the kernel: it tells their numbers.
"""

import os
import socket
import struct
from collections.abc import Iterator

from stax_local.kernel.namespaces import inside
from stax_local.kernel.process import KernelError

MOST_PACKETS = 20_000
"""Held at once by one queue; what comes beyond is lost, as on a full link."""

_NETLINK_NETFILTER = 12
_SOL_NETLINK, _NO_ENOBUFS = 270, 5
_RECEIVE_BYTES = 4 << 20
_LARGEST = 65536
_REPLY_LIMIT_S = 5.0

_HEADER = struct.Struct("=IHHII")
_FAMILY = struct.Struct("!BBH")
_ATTRIBUTE = struct.Struct("=HH")
_ERROR = 2
_PACKET, _CONFIGURE, _VERDICT_UP_TO = (3 << 8 | each for each in (0, 2, 3))
_REQUEST, _ACKNOWLEDGE = 1, 4

_COMMAND, _PARAMETERS, _MOST, _MASK, _FLAGS = 1, 2, 3, 4, 5
_BIND, _COPY_META, _LEAVE_LARGE_SEGMENTS = 1, 1, 4
_PACKET_HEADER, _VERDICT_HEADER = 1, 2
_ACCEPT = 1


class PacketQueue:
    """The queue `number` of a namespace; KernelError when there can be none."""

    def __init__(self, namespace: str, number: int) -> None:
        self._number = number
        self._socket = inside(namespace, _netlink)
        try:
            self._bind()
        except BaseException:
            self._socket.close()
            raise

    def waiting(self, within_s: float) -> int | None:
        """The number of the newest packet that waits, or None when none comes in that time."""
        self._socket.settimeout(max(within_s, 0.0001))
        try:
            return max(_packets(self._socket.recv(_LARGEST)), default=None)
        except TimeoutError:
            return None

    def let_go(self, packet: int) -> None:
        """Let this packet go on, and all that came before it."""
        self._send(_VERDICT_UP_TO, _REQUEST, _attribute(_VERDICT_HEADER, struct.pack("!II", _ACCEPT, packet)))

    def close(self) -> None:
        """Give the queue back; what still waits in it is lost."""
        self._socket.close()

    def _bind(self) -> None:
        attributes = (
            _attribute(_COMMAND, struct.pack("!BBH", _BIND, 0, 0)),
            _attribute(_PARAMETERS, struct.pack("!IB", 0, _COPY_META)),
            _attribute(_MOST, struct.pack("!I", MOST_PACKETS)),
            _attribute(_MASK, struct.pack("!I", _LEAVE_LARGE_SEGMENTS)),
            _attribute(_FLAGS, struct.pack("!I", _LEAVE_LARGE_SEGMENTS)),
        )
        try:
            self._send(_CONFIGURE, _REQUEST | _ACKNOWLEDGE, b"".join(attributes))
            failed = self._reply()
        except OSError as error:
            raise KernelError(f"packet queues: {error.strerror or error}") from error
        if failed:
            raise KernelError(f"packet queue {self._number}: {os.strerror(failed)}")

    def _reply(self) -> int:
        """The error number that the kernel answers with; 0 when it has done what it was told."""
        self._socket.settimeout(_REPLY_LIMIT_S)
        while True:  # packets may come before the answer does
            for kind, body in _messages(self._socket.recv(_LARGEST)):
                if kind == _ERROR:
                    return -int(struct.unpack_from("=i", body)[0])

    def _send(self, kind: int, flags: int, attributes: bytes) -> None:
        body = _FAMILY.pack(socket.AF_UNSPEC, 0, self._number) + attributes
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, flags, 0, 0) + body)


def _netlink() -> socket.socket:
    made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
    made.setsockopt(_SOL_NETLINK, _NO_ENOBUFS, 1)
    made.bind((0, 0))
    return made


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + b"\0" * (-len(value) % 4)


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of every netlink message."""
    while len(data) >= _HEADER.size:
        length, kind, *_ = _HEADER.unpack_from(data)
        yield kind, data[_HEADER.size : length]
        data = data[max(_HEADER.size, -(-length // 4) * 4) :]


def _packets(data: bytes) -> Iterator[int]:
    """The numbers of the packets that are told of: the first thing that each message says."""
    for kind, body in _messages(data):
        attributes = body[_FAMILY.size :]
        while kind == _PACKET and len(attributes) >= _ATTRIBUTE.size:
            length, name = _ATTRIBUTE.unpack_from(attributes)
            if name == _PACKET_HEADER:
                yield struct.unpack_from("!I", attributes, _ATTRIBUTE.size)[0]
                break
            attributes = attributes[max(_ATTRIBUTE.size, -(-length // 4) * 4) :]
