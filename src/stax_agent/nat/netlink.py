"""The kernel's table of connections, by netlink: messages are built and read here, the socket is at the end.

The numbers are those of linux/netfilter/nfnetlink_conntrack.h.
"""

import errno
import os
import socket
import struct
from collections.abc import Iterable, Iterator

from stax_agent.nat.connections import Connection, Key

NETLINK_NETFILTER = 12
_CONNTRACK = 1 << 8
_NEW, _GET, _DELETE = _CONNTRACK, _CONNTRACK | 1, _CONNTRACK | 2
_REQUEST, _ACK, _DUMP, _CREATE = 0x1, 0x4, 0x300, 0x400
_ERROR, _DONE = 2, 3

_ORIGINAL, _REPLY, _STATUS, _PROTOINFO, _NAT_SRC, _TIMEOUT, _MARK, _MARK_MASK = 1, 2, 3, 4, 6, 7, 8, 21
_NESTED = 0x8000
_TCP = 6
_BE_LIBERAL = struct.pack("BB", 8, 8)
"""Windows are forgiven: a copy has not seen them grow."""

_GROUP_OF_NEW = 1
"""The multicast group NFNLGRP_CONNTRACK_NEW, as a bit of an address."""

_KEPT_STATUS = 2 | 4
"""Replies were seen; it is assured.  What the kernel translates it notes itself."""
_CONFIRMED = 8

_RECEIVE_BYTES = 1 << 18
_BATCH_MESSAGES = 64

Attributes = dict[int, memoryview]


def attribute(kind: int, body: bytes) -> bytes:
    """Return an attribute of a message."""
    return struct.pack("HH", len(body) + 4, kind) + body + bytes(-len(body) % 4)


def nest(kind: int, *parts: bytes) -> bytes:
    """Return an attribute that is made of others."""
    return attribute(kind | _NESTED, b"".join(parts))


def number(kind: int, value: int) -> bytes:
    """Return an attribute that is a number of 32 bits."""
    return attribute(kind, struct.pack("!I", value))


def _tuple(kind: int, key: Key) -> bytes:
    protocol, source, source_port, target, target_port = key
    return nest(
        kind,
        nest(1, attribute(1, source), attribute(2, target)),
        nest(
            2,
            attribute(1, bytes([protocol])),
            attribute(2, struct.pack("!H", source_port)),
            attribute(3, struct.pack("!H", target_port)),
        ),
    )


def _message(kind: int, flags: int, body: bytes) -> bytes:
    # The header of nfnetlink: IPv4, version 0, no resource.
    whole = struct.pack("BBH", socket.AF_INET, 0, 0) + body
    return struct.pack("IHHII", len(whole) + 16, kind, _REQUEST | flags, 0, 0) + whole


def dump_request(mark: int, mask: int) -> bytes:
    """Ask for the connections whose mark, masked, is `mark`: the kernel passes over the others itself."""
    return _message(_GET, _DUMP, number(_MARK, mark) + number(_MARK_MASK, mask))


def mark_request(key: Key, bit: int) -> bytes:
    """Set a bit of a connection's mark, if there still is such a connection."""
    return _message(_NEW, 0, _tuple(_ORIGINAL, key) + number(_MARK, bit) + number(_MARK_MASK, bit))


def delete_request(key: Key) -> bytes:
    """Forget a connection."""
    return _message(_DELETE, _ACK, _tuple(_ORIGINAL, key))


def create_request(connection: Connection) -> bytes:
    """Make a connection as if its packets had come by here.

    The reply is given untranslated: only then does the kernel set the translation up itself.  Given
    translated, the entry would match and not translate.
    """
    protocol, source, source_port, target, target_port = connection.key
    port = struct.pack("!H", connection.nat_port)
    body = [
        _tuple(_ORIGINAL, connection.key),
        _tuple(_REPLY, (protocol, target, target_port, source, source_port)),
        number(_STATUS, connection.status & _KEPT_STATUS | _CONFIRMED),
        number(_TIMEOUT, connection.timeout_s),
        # Not yet told to the peer, whatever an older entry in its place says.
        number(_MARK, 0),
        nest(
            _NAT_SRC,
            attribute(1, connection.nat_address),
            attribute(2, connection.nat_address),
            nest(3, attribute(1, port), attribute(2, port)),
        ),
    ]
    if protocol == _TCP:
        state = attribute(1, bytes([connection.tcp_state]))
        body.append(nest(_PROTOINFO, nest(1, state, attribute(4, _BE_LIBERAL), attribute(5, _BE_LIBERAL))))
    return _message(_NEW, _ACK | _CREATE, b"".join(body))


def read(message: memoryview) -> Connection | None:
    """Read a connection from a message's attributes; None for what is neither TCP nor UDP over IPv4."""
    top = _attributes(message)
    if _ORIGINAL not in top or _REPLY not in top:
        return None
    key, reply = _read_tuple(top[_ORIGINAL]), _read_tuple(top[_REPLY])
    if key is None or reply is None:
        return None
    state = 0
    if key[0] == _TCP and _PROTOINFO in top:
        state = _attributes(_attributes(top[_PROTOINFO])[1])[1][0]
    return Connection(
        key=key,
        nat_address=reply[3],
        nat_port=reply[4],
        tcp_state=state,
        status=_read_number(top.get(_STATUS)),
        timeout_s=_read_number(top.get(_TIMEOUT)),
    )


def _read_number(body: memoryview | None) -> int:
    return 0 if body is None else int.from_bytes(body[:4], "big")


def _attributes(body: memoryview) -> Attributes:
    found, at, end = {}, 0, len(body)
    while at + 4 <= end:
        length, kind = struct.unpack_from("HH", body, at)
        if length < 4:
            break
        found[kind & 0x3FFF] = body[at + 4 : at + length]
        at += (length + 3) & ~3
    return found


def _read_tuple(body: memoryview) -> Key | None:
    parts = _attributes(body)
    address, protocol = _attributes(parts[1]), _attributes(parts[2])
    if not {1, 2} <= address.keys() or not {1, 2, 3} <= protocol.keys():
        return None  # IPv6, or a protocol without ports
    return (
        protocol[1][0],
        bytes(address[1]),
        int.from_bytes(protocol[2][:2], "big"),
        bytes(address[2]),
        int.from_bytes(protocol[3][:2], "big"),
    )


def messages(received: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield kind and body of each message of what was received at once."""
    at = 0
    while at + 16 <= len(received):
        length, kind = struct.unpack_from("IH", received, at)
        if length < 16:
            return
        yield kind, received[at + 16 : at + length]
        at += (length + 3) & ~3


class Table:
    """The table of this network namespace.  One thread uses it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.settimeout(2.0)
        self._socket.bind((0, 0))

    def dump(self, mark: int, mask: int) -> Iterator[Connection]:
        """Yield the connections whose mark, masked, is `mark`."""
        self._socket.send(dump_request(mark, mask))
        for kind, body in self._messages():
            if kind == _DONE:
                return
            if kind == _ERROR:
                raise _failure(body)
            if (connection := read(body[4:])) is not None:
                yield connection

    def mark(self, keys: list[Key], bit: int) -> None:
        """Set a bit of the marks of these connections; those that have ended meanwhile are passed over."""
        for start in range(0, len(keys), _BATCH_MESSAGES):
            batch = keys[start : start + _BATCH_MESSAGES]
            # An acknowledgement of the last says that the batch is through; refusals come in between.
            requests = [mark_request(key, bit) for key in batch]
            self._socket.send(b"".join([*requests, _message(_DELETE, _ACK, _tuple(_ORIGINAL, _NOBODY))]))
            self._through()

    def _through(self) -> None:
        """Read the refusals of a batch up to that of its last message, which is there to be refused."""
        length = len(_message(_DELETE, _ACK, _tuple(_ORIGINAL, _NOBODY)))
        for kind, body in self._messages():
            if kind == _ERROR and struct.unpack_from("IH", body, 4) == (length, _DELETE):
                return

    def create_all(self, connections: Iterable[Connection]) -> int:
        """Make connections; return how many the kernel will not have."""
        return sum(not self.create(each) for each in connections)

    def create(self, connection: Connection) -> bool:
        """Make the connection, in the place of whatever had its way; False when the kernel will not have it."""
        request = create_request(connection)
        if self._asked(request) == 0:
            return True
        self._asked(delete_request(connection.key))
        return self._asked(request) == 0

    def delete(self, key: Key) -> bool:
        """Forget the connection; False when there is none."""
        return self._asked(delete_request(key)) == 0

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def _asked(self, request: bytes) -> int:
        self._socket.send(request)
        for kind, body in self._messages():
            if kind == _ERROR:
                return -int(struct.unpack_from("i", body)[0])
        return errno.EIO

    def _messages(self) -> Iterator[tuple[int, memoryview]]:
        while True:
            yield from messages(memoryview(self._socket.recv(_RECEIVE_BYTES)))


class NewConnections:
    """Hears of new connections, of those that a rule has chosen with `ct event set new`."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind((0, _GROUP_OF_NEW))

    def next(self) -> list[Connection]:
        """Wait for the next ones.  Raises OSError when some were lost because they came faster than this reads."""
        heard = (read(body[4:]) for _, body in messages(memoryview(self._socket.recv(_RECEIVE_BYTES))))
        return [connection for connection in heard if connection is not None]

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


_NOBODY: Key = (17, bytes(4), 0, bytes(4), 0)
"""What no connection is called."""


def _failure(body: memoryview) -> OSError:
    number = -int(struct.unpack_from("i", body)[0])
    return OSError(number, os.strerror(number))
