"""Sealed datagrams: whom they come from, that nobody changed them, and that they are not played again.

A datagram is version, kind, sender, boot, sequence, echo, body and an HMAC-SHA256 of all of that.  `boot`
is a random number of the sender's start.  `echo` is the last challenge it heard from the receiver: a
new boot is believed only with a challenge that is out right now, so what was recorded before, in an
earlier life of either, opens nothing.
"""

import hmac
import os
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

VERSION = 1
HEARTBEAT, COPIES, CANARY = 1, 2, 3

_HEAD = struct.Struct("!BBBx8sQ8s8s")
_SEAL_BYTES = 32
LEAST_KEY_BYTES = 32

NO_CHALLENGE = bytes(8)


@dataclass(frozen=True, slots=True)
class Letter:
    """An opened datagram."""

    kind: int
    sender: int
    boot: bytes
    sequence: int
    echo: bytes
    challenge: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """The key to seal with, and the one that is accepted besides while keys are changed."""

    current: bytes = field(repr=False)
    other: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        for each in (self.current, self.other):
            if 0 < len(each) < LEAST_KEY_BYTES:
                raise ValueError(f"a key has at least {LEAST_KEY_BYTES} bytes, this one {len(each)}")
        if not self.current:
            raise ValueError("there is no key")

    @property
    def accepted(self) -> tuple[bytes, ...]:
        """All that open."""
        return (self.current, self.other) if self.other else (self.current,)


class BadLetterError(Exception):
    """A datagram that is not believed; its text is the reason, one of few."""


def seal(keys: Keys, letter: Letter) -> bytes:
    """Return the datagram."""
    head = _HEAD.pack(
        VERSION, letter.kind, letter.sender, letter.boot, letter.sequence, letter.echo, letter.challenge
    )  # fmt: skip
    whole = head + letter.body
    return whole + hmac.digest(keys.current, whole, "sha256")


def unseal(keys: Keys, datagram: bytes, *, largest: int) -> Letter:
    """Open a datagram of at most `largest` bytes; raises BadLetterError."""
    if len(datagram) > largest:
        raise BadLetterError("oversized")
    if len(datagram) < _HEAD.size + _SEAL_BYTES:
        raise BadLetterError("truncated")
    whole, seal_ = datagram[:-_SEAL_BYTES], datagram[-_SEAL_BYTES:]
    if whole[0] != VERSION:
        raise BadLetterError("version")
    # No early end: how long it takes says nothing about the key.
    fits = [hmac.compare_digest(hmac.digest(key, whole, "sha256"), seal_) for key in keys.accepted]
    if not any(fits):
        raise BadLetterError("forged")
    _, kind, sender, boot, sequence, echo, challenge = _HEAD.unpack_from(whole)
    return Letter(kind, sender, boot, sequence, echo, challenge, whole[_HEAD.size :])


class Correspondence:
    """One side of the exchange with the peer: what it sends, and which of what comes it believes."""

    def __init__(
        self, keys: Keys, *, me: int, peer: int, largest: int, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.keys = keys
        self._me, self._peer, self._largest = me, peer, largest
        self._random = random
        self._boot = random(8)
        self._sequence = 0
        self._challenge = random(8)
        self._heard: tuple[bytes, int] = (b"", 0)
        self._echo = NO_CHALLENGE
        self.bad: Counter[str] = Counter()

    def write(self, kind: int, body: bytes) -> bytes:
        """Seal the next datagram."""
        self._sequence += 1
        letter = Letter(kind, self._me, self._boot, self._sequence, self._echo, self._challenge, body)
        return seal(self.keys, letter)

    def read(self, datagram: bytes) -> Letter | None:
        """Open what has come; None, and counted by reason, when it is not to be believed."""
        try:
            letter = unseal(self.keys, datagram, largest=self._largest)
            self._judge(letter)
        except BadLetterError as bad:
            self.bad[str(bad)] += 1
            return None
        return letter

    def _judge(self, letter: Letter) -> None:
        if letter.sender != self._peer:
            raise BadLetterError("another sender")
        boot, sequence = self._heard
        if letter.boot == boot:
            if letter.sequence <= sequence:
                raise BadLetterError("replayed")
        else:
            # Its challenge is answered even so: it can only prove itself with ours if we answer with its.
            self._echo = letter.challenge
            if letter.echo != self._challenge:
                raise BadLetterError("unproven boot")
            # Used up: the same first letter, played again after yet another boot, proves nothing.
            self._challenge = self._random(8)
        self._heard = (letter.boot, letter.sequence)
        self._echo = letter.challenge


class TokenBucket:
    """Lets `rate_per_s` through, and `burst` at once."""

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._rate_per_s, self._burst = rate_per_s, burst
        self._tokens, self._at_s = burst, 0.0

    def allows(self, now_s: float) -> bool:
        """Whether one more may pass now."""
        self._tokens = min(self._burst, self._tokens + (now_s - self._at_s) * self._rate_per_s)
        self._at_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
