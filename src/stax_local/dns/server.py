"""The resolver on UDP and TCP."""

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable

from stax_local.connections import Server
from stax_local.dns.message import Answer, MalformedError, Question, parse, refusal, reply

PORT = 53
_LARGEST_QUERY = 4096

Resolve = Callable[[Question], Answer]


def answer(message: bytes, resolve: Resolve) -> bytes | None:
    """What to send back for a message; None for nothing at all."""
    try:
        question = parse(message)
    except MalformedError as error:
        return None if error.code is None else refusal(message, error.code)
    return reply(question, resolve(question))


class Resolver:
    """Answers on both sockets until closed."""

    def __init__(self, datagrams: socket.socket, listener: socket.socket, resolve: Resolve) -> None:
        self._datagrams = datagrams
        self._resolve = resolve
        self._closed = False
        self._stream = Server(listener, _Stream, resolve=resolve)
        self._thread = threading.Thread(target=self._serve, name="dns", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._closed = True
        self._stream.close()
        with contextlib.suppress(OSError):  # it says ENOTCONN, and wakes the thread all the same
            self._datagrams.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)
        self._datagrams.close()

    def _serve(self) -> None:
        while not self._closed:
            # A machine that is gone by now, or a full buffer: it will ask again.
            with contextlib.suppress(OSError):
                message, sender = self._datagrams.recvfrom(_LARGEST_QUERY)
                response = answer(message, self._resolve)
                if response is not None:
                    self._datagrams.sendto(response, sender)


class _Stream(socketserver.StreamRequestHandler):
    """Over TCP each message has its length before it."""

    server: Server

    def handle(self) -> None:
        """Answer query after query until the other side has enough."""
        while len(prefix := self.rfile.read(2)) == 2:
            message = self.rfile.read(struct.unpack("!H", prefix)[0])
            response = answer(message, self.server.given["resolve"])
            if response is None:
                return
            self.wfile.write(struct.pack("!H", len(response)) + response)
