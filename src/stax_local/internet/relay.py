"""AWS's public endpoints: TLS ends here, and the bytes go on to the region's front."""

import contextlib
import selectors
import socket
import socketserver
import ssl
from collections.abc import Callable

from stax_local.connections import IDLE_S, Server

_CHUNK = 65536

Connect = Callable[[], socket.socket]
"""Opens a connection to the region's front."""


def serve(listener: socket.socket, context: ssl.SSLContext | None, connect: Connect) -> Server:
    """Relay every connection, with TLS if there is a context, until closed."""
    return Server(listener, _Handler, context=context, connect=connect)


class _Handler(socketserver.BaseRequestHandler):
    """One connection, both ways, until either side has enough."""

    server: Server

    def handle(self) -> None:
        """Shake hands, then copy."""
        context: ssl.SSLContext | None = self.server.given["context"]
        with contextlib.suppress(OSError), contextlib.ExitStack() as open_sockets:
            inner = open_sockets.enter_context(self.server.given["connect"]())
            outer = context.wrap_socket(self.request, server_side=True) if context else self.request
            open_sockets.enter_context(outer)
            copy(outer, inner)


def copy(one: socket.socket, other: socket.socket, *, idle_s: float | None = IDLE_S) -> None:
    """Copy until both sides have ended; a pair that is silent for `idle_s` is left (None: never).

    The end of one side is passed on to the other, except through TLS, which knows no half-closed
    connection: there it is the end.
    """
    peers = {one: other, other: one}
    with selectors.DefaultSelector() as selector:
        for each in peers:
            selector.register(each, selectors.EVENT_READ)
        while ready := selector.select(idle_s):
            for key, _ in ready:
                source = key.fileobj
                assert isinstance(source, socket.socket)  # noqa: S101 - nothing else was registered
                if _pass_on(source, peers[source]):
                    continue
                selector.unregister(source)
                if not selector.get_map() or isinstance(peers[source], ssl.SSLSocket):
                    return
                peers[source].shutdown(socket.SHUT_WR)


def _pass_on(source: socket.socket, target: socket.socket) -> bool:
    """Pass on what is there; False at the end of the stream."""
    data = source.recv(_CHUNK)
    while data:
        target.sendall(data)
        # TLS may hold decrypted bytes that no selector sees.
        pending = isinstance(source, ssl.SSLSocket) and source.pending()
        if not pending:
            return True
        data = source.recv(_CHUNK)
    return False
