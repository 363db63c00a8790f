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
            _copy(outer, inner)


def _copy(one: socket.socket, other: socket.socket) -> None:
    """Copy until one side closes; a silent pair is closed after a while."""
    peers = {one: other, other: one}
    with selectors.DefaultSelector() as selector:
        for each in peers:
            selector.register(each, selectors.EVENT_READ)
        while ready := selector.select(IDLE_S):
            for key, _ in ready:
                source = key.fileobj
                assert isinstance(source, socket.socket)  # noqa: S101 - nothing else was registered
                if not _pass_on(source, peers[source]):
                    return


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
