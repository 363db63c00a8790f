"""An HTTPS connection to an AWS endpoint that is kept open, by whichever way works: direct, or a relay.

A NAT box whose Elastic IP its peer holds has no way out of its own.  The peer then relays its calls (HTTP
CONNECT, see stax_agent.nat.relay): TLS goes through end to end, so the relay sees and changes nothing.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from stax_agent.setback import Setback

LARGEST_BYTES = 1 << 20
CONNECT_S = 2.0
"""A way that is no way is left so soon, however long an answer may take."""
RELAY_PORT = 3783


@dataclass
class Way:
    """Which way out worked last; shared by all lines of a box."""

    relay: str = ""
    """The address that relays, once it is known."""
    by_relay: bool = False
    mark: int = 0
    """Of packets that leave directly: the box's rules may send them out under another address; 0 for none."""

    def turn_from(self, *, by_relay: bool) -> bool:
        """Leave a way that failed, unless another line has; False when there is no other."""
        if not self.relay:
            return False
        self.by_relay = not by_relay
        return True


class Line:
    """One thread uses it.  Every exchange is bounded."""

    def __init__(self, host: str, way: Way, *, timeout_s: float) -> None:
        self.host = host
        self._way, self._timeout_s = way, timeout_s
        self._trust = ssl.create_default_context()
        self._connection: http.client.HTTPSConnection | None = None
        self._is_by_relay = False

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """POST to / and return status and body; raises Setback when no way works."""
        if self._is_by_relay is not self._way.by_relay:
            self.close()
        was_open = self._connection is not None
        try:
            return self._once(body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            # A connection may have gone stale unseen: then the same way is tried anew before the other.
            if (was_open and not isinstance(error, TimeoutError)) or self._way.turn_from(by_relay=self._is_by_relay):
                return self._last(body, headers)
            raise self._setback(error) from error

    def _last(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            return self._once(body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            self._way.turn_from(by_relay=self._is_by_relay)
            raise self._setback(error) from error

    def _setback(self, error: Exception) -> Setback:
        if isinstance(error, TimeoutError):
            return Setback(f"{self.host} does not answer in time", code="Timeout")
        return Setback(f"{self.host} does not answer: {error or type(error).__name__}", code="NoAnswer")

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _once(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = self._opened()
        self._connection.request("POST", "/", body=body, headers=dict(headers))
        answer = self._connection.getresponse()
        return answer.status, answer.read(LARGEST_BYTES)

    def _opened(self) -> http.client.HTTPSConnection:
        self._is_by_relay = self._way.by_relay
        address = (self._way.relay, RELAY_PORT) if self._is_by_relay else (self.host, 443)
        connect_s = min(CONNECT_S, self._timeout_s)
        made = http.client.HTTPSConnection(*address, timeout=connect_s, context=self._trust)
        if self._is_by_relay:
            made.set_tunnel(self.host, 443)
        elif self._way.mark:
            made.sock = self._trust.wrap_socket(self._marked(connect_s), server_hostname=self.host)
        if made.sock is None:
            made.connect()
        made.sock.settimeout(self._timeout_s)
        return made

    def _marked(self, connect_s: float) -> socket.socket:
        link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            link.settimeout(connect_s)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, self._way.mark)
            link.connect((self.host, 443))
        except OSError:
            link.close()
            raise
        return link


def endpoint(service: str, region: str) -> str:
    """Where a service of a region answers."""
    return f"{service}.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
