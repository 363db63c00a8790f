"""The metadata service on HTTP: version 2 only, the caller known by its address."""

import socket
import string
from collections.abc import Callable
from dataclasses import dataclass

from stax_local.connections import HttpHandler, Server
from stax_local.desired import Instance
from stax_local.metadata.tokens import LONGEST_S, Tokens
from stax_local.metadata.tree import Folder, read

PORT = 80


@dataclass(frozen=True, slots=True)
class Answerer:
    """What the service needs to know: who an address is, and what that machine may read.

    `available` turns false while the service is down on purpose.
    """

    instance_at: Callable[[str], Instance | None]
    metadata_of: Callable[[Instance], Folder]
    tokens: Tokens
    available: Callable[[Instance], bool] = lambda _: True


def serve(listener: socket.socket, answerer: Answerer) -> Server:
    """Answer on this socket until closed."""
    return Server(listener, _Handler, answerer=answerer)


class _Handler(HttpHandler):
    """Tokens by PUT, everything else by GET with a token."""

    server_version = "EC2ws"
    sys_version = ""

    def do_PUT(self) -> None:  # noqa: N802 - the library's naming
        """Give a token, in packets that live for as many hops as the instance allows."""
        instance = self._caller()
        if instance is None:
            return
        lifetime = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if self.headers.get("X-Forwarded-For"):
            self._refuse(403)  # AWS: a request that came through a proxy gets no token
        elif self.path != "/latest/api/token":
            self._refuse(404)
        elif not _is_lifetime(lifetime):
            self._refuse(400)
        else:
            self._hops(instance.metadata_options.hop_limit)
            token = self._answerer.tokens.issue(instance.id, lifetime_s=int(lifetime))
            self.answer(200, token, X_Aws_Ec2_Metadata_Token_Ttl_Seconds=lifetime)

    def do_GET(self) -> None:  # noqa: N802
        """Read a folder or a text."""
        instance = self._caller()
        if instance is None:
            return
        if not self._answerer.tokens.holds(self.headers.get("X-aws-ec2-metadata-token", ""), instance.id):
            self._refuse(401)
            return
        text = read(self._answerer.metadata_of(instance), self.path)
        if text is None:
            self._refuse(404)
        else:
            self.answer(200, text.encode("latin-1", "replace"))

    do_HEAD = do_GET  # noqa: N815

    @property
    def _answerer(self) -> Answerer:
        answerer: Answerer = self.server.given["answerer"]
        return answerer

    def _caller(self) -> Instance | None:
        """The machine that asks; None when it has had its answer already."""
        self._discard_body()
        instance = self._answerer.instance_at(self.source_address)
        if instance is None or not self._answerer.available(instance):
            self.close_connection = True  # as if nobody were there
            return None
        if not instance.metadata_options.endpoint_enabled:
            self._refuse(403)
            return None
        return instance

    def _discard_body(self) -> None:
        """No request has a body; one that brings some must not leave it for the next request."""
        if self.headers.get("Content-Length", "0") != "0" or self.headers.get("Transfer-Encoding"):
            self.close_connection = True

    def _hops(self, count: int) -> None:
        """For good: raised again too early, a retransmission would reach who must not be reached."""
        self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, count)

    def _refuse(self, status: int) -> None:
        self.answer(status, f"{status} - {self.responses[status][0]}\n")


def _is_lifetime(text: str) -> bool:
    """1 second to 6 hours, in digits."""
    is_digits = 0 < len(text) <= 5 and all(character in string.digits for character in text)
    return is_digits and 1 <= int(text) <= LONGEST_S
