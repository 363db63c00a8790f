"""Open connections, as one box tells the other of them, and those that the other has told of.

Pure.  Where there are many, only connections that have lived for a second or so are told: most are over before they
could matter, and telling of all of them would cost half of what the box can take in.
"""

import struct
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

Key = tuple[int, bytes, int, bytes, int]
"""Protocol, source, source port, target, target port: as the inside host sees it."""

# Bits of a connection's mark.  The first three are set by the rules of the box, the last by its agent.
ENDED_BY_INSIDE, ENDED_BY_OUTSIDE, OVER, COPIED = 1, 2, 4, 8

_ASSURED = 4
"""Of the status: the kernel has seen it answered and going on."""
_TCP = 6

_WIRE = struct.Struct("!B4sH4sH4sHBII")
PER_PACKET = 45
"""45 connections of 28 bytes fit with their seal into a packet of 1,500."""

FEW = 200
"""So many at one look are told as soon as they are seen: what costs is telling thousands that end at once."""
FORGOTTEN_AFTER_S = 100.0
"""Three refreshes: what is not told any more has ended."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An entry of the kernel's table, with what it takes to make it again."""

    key: Key
    nat_address: bytes
    nat_port: int
    tcp_state: int
    status: int
    timeout_s: int

    @property
    def is_assured(self) -> bool:
        """Whether it will look the same for as long as it lives: what is not may be another in a moment."""
        return bool(self.status & _ASSURED)

    @property
    def is_half_open(self) -> bool:
        """Whether its handshake is not over: made again in this state, it would refuse what comes after it."""
        return self.key[0] == _TCP and not self.is_assured


def encode(connections: Iterable[Connection]) -> bytes:
    """Return the connections' wire form, one after the other."""
    return b"".join(
        _WIRE.pack(*each.key, each.nat_address, each.nat_port, each.tcp_state, each.status, each.timeout_s)
        for each in connections
    )


def worth_telling(young: Collection[Connection], seen: Collection[Key]) -> list[Connection]:
    """Return which of those that the peer does not know are told now; `seen` were there at the look before."""
    return [each for each in young if len(young) <= FEW or each.key in seen]


def decode(body: bytes) -> list[Connection]:
    """Read connections; raises ValueError when it is no whole number of them."""
    if len(body) % _WIRE.size:
        raise ValueError("connections are cut off")
    return [Connection(fields[:5], *fields[5:]) for fields in _WIRE.iter_unpack(body)]


class Copies:
    """What the other box has told of, until it is needed or not told any more."""

    def __init__(self) -> None:
        self._heard: dict[Key, tuple[Connection, float]] = {}

    def __len__(self) -> int:
        return len(self._heard)

    def hear(self, connections: Iterable[Connection], at_s: float) -> None:
        """Take note of open connections."""
        for each in connections:
            self._heard[each.key] = (each, at_s)

    def forget_silent(self, now_s: float) -> None:
        """Drop what has not been told again for long."""
        for key in [key for key, (_, at_s) in self._heard.items() if now_s - at_s > FORGOTTEN_AFTER_S]:
            del self._heard[key]

    def of(self, nat_address: bytes, now_s: float) -> Iterator[Connection]:
        """Yield the connections translated to an address, with the time they have left by now."""
        for each, at_s in list(self._heard.values()):
            left_s = each.timeout_s - int(now_s - at_s)
            if each.nat_address == nat_address and left_s > 0:
                yield Connection(each.key, each.nat_address, each.nat_port, each.tcp_state, each.status, left_s)

    def clear(self, nat_address: bytes) -> None:
        """Forget the connections translated to an address: the kernel has them now, and knows better."""
        for key in [key for key, (each, _) in self._heard.items() if each.nat_address == nat_address]:
            del self._heard[key]
