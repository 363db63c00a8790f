"""HTTP/1.1 on loopback: a thread per connection, connections kept alive, whole messages in and out."""

import errno
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from stax_local.front.message import NoAnswer, Request, Response

Application = Callable[[Request], Response]

LOOPBACK = "127.0.0.1"
BODY_LIMIT_BYTES = 256 * 1024 * 1024
"""Bodies are held in memory; what the region is asked to keep is templates, configurations and agents."""
CONNECTION_LIMIT = 512
"""Fifty busy clients hold ten connections each; beyond that somebody forgot to close them."""
IDLE_LIMIT_S = 120.0


class BodyRefused(Exception):  # noqa: N818
    """The body cannot be read as announced; `status` is the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the application's answers."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_LIMIT_S
    wbufsize = -1
    # Without this a small answer waits 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: "Server"

    def answer(self) -> None:
        """Read one request and answer it."""
        try:
            body = self._body()
        except BodyRefused as refusal:
            self.close_connection = True
            self._write(Response(refusal.status, (("Content-Type", "text/plain"),), f"{refusal}\n".encode()))
            return
        try:
            self._write(self.server.application(Request(self.command, self.path, self.headers, body)))
        except NoAnswer:
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = answer  # noqa: N815 - http.server's names

    def handle_expect_100(self) -> bool:
        """Say "go on" at once: an SDK waits a second for it before it sends the body of a PutObject."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "identity").lower() != "identity":
            return self._chunks()
        announced = self.headers.get("Content-Length", "0")
        if not announced.isdecimal():
            raise BodyRefused(400, "Content-Length is not a number")
        length = int(announced)
        if length > BODY_LIMIT_BYTES:
            raise BodyRefused(413, f"the local region takes bodies of {BODY_LIMIT_BYTES} bytes at most")
        body = self.rfile.read(length)
        if len(body) < length:
            raise BodyRefused(400, "the body ended early")
        return body

    def _chunks(self) -> bytes:
        body = b""
        while size := self._chunk_size():
            if len(body) + size > BODY_LIMIT_BYTES:
                raise BodyRefused(413, f"the local region takes bodies of {BODY_LIMIT_BYTES} bytes at most")
            body += self.rfile.read(size)
            self.rfile.readline(8)
        while self.rfile.readline(65536).strip():
            pass  # trailers
        return body

    def _chunk_size(self) -> int:
        line = self.rfile.readline(1024).partition(b";")[0].strip()
        try:
            return int(line, 16)
        except ValueError:
            raise BodyRefused(400, "the body is not chunked as announced") from None

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            if name.lower() not in {"server", "date", "connection", "transfer-encoding"}:
                self.send_header(name, value.replace("\r", " ").replace("\n", " "))
        if not response.header("Content-Length"):
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def version_string(self) -> str:
        """Say who serves, and nothing of the Python beneath."""
        return "stax-local-region"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Silent: requests are logged by who answers them, with what they mean."""


class Server(ThreadingHTTPServer):
    """Listens on loopback only: on `port`, or on a free one when that is taken (or 0)."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, application: Application) -> None:
        self.application = application
        self._connections = 0
        super().__init__((LOOPBACK, port), Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without asking a resolver for the host's name, as the standard library would."""
        # A restarted region takes its port again, though connections of its last life still linger.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.socket.bind(self.server_address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            self.socket.bind((LOOPBACK, 0))
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.port

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - socketserver's signature
        """Turn connections away beyond the limit."""
        return self._connections < CONNECTION_LIMIT

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection to its end."""
        self._connections += 1  # off by one under a race matters to nobody
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle of a sentence is no event."""
