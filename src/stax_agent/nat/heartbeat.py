"""Heartbeats: 20 times a second each box tells the other how it is."""

import struct
from dataclasses import dataclass
from enum import IntEnum

INTERVAL_S = 0.05
MISSED_UNTIL_LOST = 4
LARGEST_BYTES = 512
PORT = 3780

_FIXED = struct.Struct("!BBB")
_LONGEST_REASON_BYTES = 200


class Saying(IntEnum):
    """What a box says of itself."""

    STARTING = 0
    WELL = 1
    UNFIT = 2
    DRAINING = 3


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a box is, why, and which zones it carries."""

    saying: Saying
    carries: frozenset[int] = frozenset()
    reason: str = ""


def encode(heartbeat: Heartbeat) -> bytes:
    """Return the body of a datagram."""
    zones = sum(1 << zone for zone in heartbeat.carries)
    reason = heartbeat.reason.encode()[:_LONGEST_REASON_BYTES]
    return _FIXED.pack(heartbeat.saying, zones, len(reason)) + reason


def decode(body: bytes) -> Heartbeat:
    """Read a body; raises ValueError for what is none."""
    if len(body) < _FIXED.size:
        raise ValueError("truncated")
    saying, zones, length = _FIXED.unpack_from(body)
    if len(body) != _FIXED.size + length:
        raise ValueError("truncated")
    # Cut at a number of bytes, a reason may end amid a letter.
    reason = body[_FIXED.size :].decode(errors="replace")
    carries = frozenset(zone for zone in range(8) if zones >> zone & 1)
    return Heartbeat(Saying(saying), carries, reason)
