"""Relays the peer's calls to AWS while this box holds the peer's Elastic IP: HTTP CONNECT, to two names.

Only the peer may, and only to what it needs; what goes through is TLS, end to end.  Where this box has no address
of its own either, it goes out under the peer's: two boxes that hold each other's address find their way back.
"""

import contextlib
import select
import socket
import socketserver
import threading

from stax_agent.line import RELAY_PORT, endpoint
from stax_agent.nat.site import Site

_SERVICES = ("ec2", "ssm")
_MOST_AT_ONCE = 8
_IDLE_S = 30.0
_CONNECT_S = 2.0
_LONGEST_REQUEST_BYTES = 2048
MARK = 0x58
"""By which the rules of the box send out under the address that stands in."""


class Relay(socketserver.ThreadingTCPServer):
    """Listens at the box's home address from when it is made."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, site: Site) -> None:
        self.peer = site.zones[site.peer].home
        self.targets = {f"{endpoint(service, site.region)}:443" for service in _SERVICES}
        self.by_stand_in = False
        """The way that worked last."""
        self.room = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__((site.zones[site.me].home, RELAY_PORT), _Handler)

    def start(self) -> None:
        """Serve from a thread."""
        threading.Thread(target=self.serve_forever, name="relay", daemon=True).start()

    def verify_request(self, request: object, client_address: tuple[str, int]) -> bool:  # noqa: ARG002 - given so
        """Serve the peer and nobody else."""
        return client_address[0] == self.peer


class _Handler(socketserver.BaseRequestHandler):
    server: Relay
    request: socket.socket

    def handle(self) -> None:
        if not self.server.room.acquire(blocking=False):
            return
        try:
            with contextlib.suppress(OSError):
                self._relay()
        finally:
            self.server.room.release()

    def _relay(self) -> None:
        self.request.settimeout(_CONNECT_S)
        words = _head(self.request).split(" ")
        if len(words) < 2 or words[0] != "CONNECT" or words[1] not in self.server.targets:
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        host, _, port = words[1].rpartition(":")
        with self._outer(host, int(port)) as outer:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _copy(self.request, outer)

    def _outer(self, host: str, port: int) -> socket.socket:
        """Connect by the way that worked last; the peer, which tries on, gets the other way next."""
        by_stand_in = self.server.by_stand_in
        outer = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        outer.settimeout(_CONNECT_S)
        try:
            if by_stand_in:
                outer.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
            outer.connect((host, port))
        except OSError:
            outer.close()
            self.server.by_stand_in = not by_stand_in
            raise
        return outer


def _head(link: socket.socket) -> str:
    """The request's head: read until its empty line, byte by byte is not worth avoiding for 100 of them."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = link.recv(1)
        if not part or len(head) > _LONGEST_REQUEST_BYTES:
            raise OSError("no request")
        head += part
    return head.decode("latin-1")


def _copy(one: socket.socket, other: socket.socket) -> None:
    peers = {one: other, other: one}
    while ready := select.select([one, other], [], [], _IDLE_S)[0]:
        for source in ready:
            part = source.recv(65536)
            if not part:
                return
            peers[source].sendall(part)
