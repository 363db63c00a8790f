"""The resolver on UDP and TCP."""

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from typing import Any

from stax_local.connections import Server
from stax_local.dns.message import NAME_ERROR, Answer, MalformedError, Question, parse, refusal, reply

PORT = 53
_LARGEST_QUERY = 4096

_MOST_LOOKUPS = 64
"""Names of the world that are looked up at once; what is asked beyond is asked again."""

Resolve = Callable[[Question], Answer]


class Resolver:
    """Answers on both sockets until closed: what `resolve` does not know, `further` may, who may take long."""

    def __init__(
        self, datagrams: socket.socket, listener: socket.socket, resolve: Resolve, further: Resolve | None = None
    ) -> None:
        self._datagrams = datagrams
        self._resolve = resolve
        self._further = further
        self._free = threading.BoundedSemaphore(_MOST_LOOKUPS)
        self._closed = False
        self._stream = Server(listener, _Stream, resolve=self._resolve_all)
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
                self._respond(*self._datagrams.recvfrom(_LARGEST_QUERY))

    def _respond(self, message: bytes, sender: Any) -> None:
        response = answer(message, lambda question: self._quickly(question, sender))
        if response is not None:
            self._datagrams.sendto(response, sender)

    def _quickly(self, question: Question, sender: Any) -> Answer | None:
        """The answer; None when somebody else will give it, later or never."""
        found = self._resolve(question)
        if self._further is None or found.code != NAME_ERROR:
            return found
        if self._free.acquire(blocking=False):
            threading.Thread(target=self._later, args=(self._further, question, sender), daemon=True).start()
        return None

    def _later(self, further: Resolve, question: Question, sender: Any) -> None:
        try:
            with contextlib.suppress(OSError):
                self._datagrams.sendto(reply(question, further(question)), sender)
        finally:
            self._free.release()

    def _resolve_all(self, question: Question) -> Answer:
        found = self._resolve(question)
        return self._further(question) if self._further and found.code == NAME_ERROR else found


def answer(message: bytes, resolve: Callable[[Question], Answer | None]) -> bytes | None:
    """What to send back for a message; None for nothing at all."""
    try:
        question = parse(message)
    except MalformedError as error:
        return None if error.code is None else refusal(message, error.code)
    found = resolve(question)
    return None if found is None else reply(question, found)


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
