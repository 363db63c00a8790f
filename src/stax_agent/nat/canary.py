"""Canaries: docker hosts try their own way out, 20 times a second, and the box of the other zone watches.

Each time a host sends two datagrams: one to the other zone's NAT box within the VPC (I am here), and one
to that box's public address, which takes the host's own way out (and I get out).  Who receives the
second, from the public address of the peer, knows that the peer forwards, without asking anybody.
"""

import hmac
import os
import socket
import time
from contextlib import suppress

from stax_agent.nat import sealed
from stax_agent.nat.heartbeat import INTERVAL_S
from stax_agent.nat.rules import CANARY_PORT
from stax_agent.nat.sealed import Keys, Letter, TokenBucket

LARGEST_BYTES = 128
WITHIN, BY_WAY_OUT = b"w", b"o"
_MOST_SENDERS = 4096
_WRONG_CLOCK_S = 300


def canary_key(heartbeat_key: bytes) -> bytes:
    """The docker hosts' key: made from the boxes' own, which it does not give away."""
    return hmac.digest(heartbeat_key, b"canary", "sha256")


class Sender:
    """A docker host's side."""

    def __init__(self, keys: Keys, zone: int, *, box: str, box_public: str) -> None:
        self._keys, self._zone = keys, zone
        self._targets = ((WITHIN, (box, CANARY_PORT)), (BY_WAY_OUT, (box_public, CANARY_PORT)))
        self._boot = os.urandom(8)
        self._sequence = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self) -> None:
        """Send both; what cannot be sent is what the box is to notice."""
        # Wall clock in front: a box that starts anew takes no sequence that is minutes old.
        self._sequence = max(self._sequence + 1, time.time_ns())
        for what, target in self._targets:
            letter = Letter(
                sealed.CANARY, self._zone, self._boot, self._sequence, sealed.NO_CHALLENGE, sealed.NO_CHALLENGE, what
            )
            with suppress(OSError):
                self._socket.sendto(sealed.seal(self._keys, letter), target)

    def run(self, *, for_s: float) -> None:
        """Send for so long."""
        until_s = time.monotonic() + for_s
        while time.monotonic() < until_s:
            self.send()
            time.sleep(INTERVAL_S)


class Watcher:
    """The NAT box's side: which datagrams are canaries of the peer's zone."""

    def __init__(self, keys: Keys, *, peer: int, peer_public: str) -> None:
        self._keys, self._peer, self._peer_public = keys, peer, peer_public
        self._newest: dict[tuple[bytes, bytes], int] = {}
        self._bucket = TokenBucket(2000, 400)
        self.bad = 0

    def read(self, datagram: bytes, sender: str, now_s: float) -> bool | None:
        """Whether it came by the way out; None when it is to be ignored."""
        if not self._bucket.allows(now_s):
            return None
        try:
            letter = sealed.unseal(self._keys, datagram, largest=LARGEST_BYTES)
        except sealed.BadLetterError:
            self.bad += 1
            return None
        by_way_out = letter.body == BY_WAY_OUT
        if letter.kind != sealed.CANARY or letter.sender != self._peer or not self._is_new(letter):
            self.bad += 1
            return None
        if by_way_out and sender != self._peer_public:
            return None  # it got out, but not through the peer
        return by_way_out

    def _is_new(self, letter: Letter) -> bool:
        key = (letter.boot, letter.body)
        oldest = time.time_ns() - _WRONG_CLOCK_S * 10**9
        if letter.sequence <= self._newest.get(key, oldest):
            return False
        if len(self._newest) >= _MOST_SENDERS:
            self._newest.clear()
        self._newest[key] = letter.sequence
        return True
