"""A TCP server over a socket that somebody else made: a thread a connection, a bounded number of them."""

import socket
import socketserver
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

# A machine that opens connections without end starves itself, not the region: a docker host's
# containers together need a few dozen.
MOST_CONNECTIONS = 256

_REST_S = 0.1

IDLE_S = 60.0
"""How long a connection may say nothing."""


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves `listener` with `handler` until `close`; over the bound, connections are shut at once."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listener: socket.socket, handler: type[socketserver.BaseRequestHandler], **given: Any) -> None:
        super().__init__(listener.getsockname(), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.given = given
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._accept, name=f"serve {listener.getsockname()}", daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        """Sleep until somebody calls; the library's own loop looks twice a second whether it shall end."""
        while not self._over.is_set():
            try:
                self.process_request(*self.get_request())
            except OSError:  # closed, or out of descriptors for the moment
                self._over.wait(_REST_S)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand the connection to a thread of its own, if one is free."""
        if self._free.acquire(blocking=False):
            request.settimeout(IDLE_S)
            try:
                super().process_request(request, client_address)
            except RuntimeError:  # no thread is to be had
                self._free.release()
                self.shutdown_request(request)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection and give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A machine that hangs up in the middle is nothing to tell."""

    def close(self) -> None:
        """Stop listening; connections that are open end with their threads."""
        self._over.set()
        with suppress(OSError):  # one that nobody listens to any more
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes who waits for a call
        self._thread.join(timeout=5)
        self.server_close()


class HttpHandler(BaseHTTPRequestHandler):
    """HTTP/1.1 with keep-alive, whole answers, and no line on standard error per request."""

    protocol_version = "HTTP/1.1"
    server: Server

    @property
    def source_address(self) -> str:
        """Who asks."""
        return str(self.client_address[0])

    def answer(self, status: int, body: str | bytes = b"", **headers: str) -> None:
        """Send a whole answer; header names are written with underscores."""
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in {"Content_Type": "text/plain", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Say nothing: what machines ask is no event."""
