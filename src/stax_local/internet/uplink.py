"""The way out: connections to the world's public addresses, taken up here and made again from this machine.

No packet leaves the region and nothing of this machine's network is changed: a connection ends here, another
one, of the region's own process, goes on.  So TCP alone goes out, and nothing comes in.
"""

import contextlib
import socket
import socketserver
import struct
from collections.abc import Callable

from stax_local.connections import Server
from stax_local.internet.relay import copy
from stax_local.network.outward import is_the_worlds

CALLS_WITHIN_S = 20.0
IDLE_S = 350.0
"""How long a connection may say nothing: as long as AWS's own NAT gateway lets it."""

_ORIGINAL_DESTINATION = 80  # linux/netfilter_ipv4.h
_ADDRESS = struct.Struct("!HH4s8x")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Call = Callable[[tuple[str, int]], socket.socket]
"""Connects to an address of the world, or raises OSError."""


def call(target: tuple[str, int]) -> socket.socket:
    """Connect from this machine."""
    return socket.create_connection(target, timeout=CALLS_WITHIN_S)


def addresses(name: str) -> tuple[str, ...]:
    """The world's addresses of a name, as this machine's own resolver knows them; none when it knows none."""
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(sorted({str(each[4][0]) for each in found if is_the_worlds(str(each[4][0]))}))


def serve(listener: socket.socket, call: Call) -> Server:
    """Take up every connection that is handed to `listener`, until closed."""
    return Server(listener, _Handler, call=call)


class _Handler(socketserver.BaseRequestHandler):
    """One connection, both ways, until both sides have ended."""

    server: Server

    def handle(self) -> None:
        """Call whom the machine meant to call; where nobody answers, the machine's connection is reset."""
        target = original_destination(self.request)
        if not is_the_worlds(target[0]):
            return  # somebody called the uplink itself
        try:
            outer = self.server.given["call"](target)
        except OSError:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.request.close()
            return
        with contextlib.suppress(OSError), outer:
            copy(self.request, outer, idle_s=IDLE_S)


def original_destination(connection: socket.socket) -> tuple[str, int]:
    """Whom a connection was meant for before it was handed over; whom it reached when it was not."""
    try:
        said = connection.getsockopt(socket.IPPROTO_IP, _ORIGINAL_DESTINATION, _ADDRESS.size)
    except OSError:  # nobody handed it over
        address, port = connection.getsockname()
        return str(address), int(port)
    _, port, packed = _ADDRESS.unpack(said)
    return socket.inet_ntoa(packed), port
