"""Tells the peer of open connections and keeps what it tells: a thread beside the one that watches.

What the peer has confirmed is marked in the kernel's own table, so nothing has to be remembered here,
a lost packet is told again a second later, and the kernel passes over what is known when asked.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from stax_agent.nat import sealed
from stax_agent.nat.connections import (
    COPIED,
    OVER,
    PER_PACKET,
    Connection,
    Copies,
    Key,
    decode,
    encode,
    worth_telling,
)
from stax_agent.nat.netlink import Table

PORT = 3781
EVERY_S = 1.0
"""The kernel goes through the whole of its table for it, and forwards nothing on that processor meanwhile: 15 ms for
262,144 buckets."""
REFRESHED_EVERY_S = 30.0
LARGEST_BYTES = 1472
"""UDP within the 1,500 bytes that every path takes."""

_HELLO, _TOLD, _HEARD, _TELL_NOW, _ALL_TOLD = range(5)
_HEAD = struct.Struct("!BI")


class Copier:
    """Both sides' telling and hearing; `carried` says whose connections this box is the one to tell of.

    Between the boxes a connection is translated to its zone's home address; in this kernel to the address that
    holds the zone's Elastic IP here: `holders`, by home address.
    """

    def __init__(
        self,
        link: tuple[socket.socket, str],
        letters: sealed.Correspondence,
        holders: Mapping[bytes, bytes],
        carried: Callable[[], frozenset[bytes]],
    ) -> None:
        self._link, peer = link
        self._peer = (peer, PORT)
        self._letters = letters
        self._holders = holders
        self._homes = {holder: home for home, holder in holders.items()}
        self._carried = carried
        self._copies = Copies()
        self._seen: set[Key] = set()
        self._unconfirmed: dict[int, list[Key]] = {}
        self._number = 0
        self._peer_boot = b""
        self._refresh_at_s = 0.0
        self._answered = threading.Event()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="copies", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._over.set()
        self._thread.join(2)

    @property
    def held(self) -> int:
        """How many connections the peer has told of."""
        return len(self._copies)

    def ask_for_newest(self, *, within_s: float) -> bool:
        """Have the peer tell of its youngest connections too; False when it has not in time."""
        self._answered.clear()
        self._send(_TELL_NOW)
        return self._answered.wait(within_s)

    def commit(self, home: bytes) -> tuple[list[Connection], int]:
        """Put the connections of a zone into the kernel; return those, and how many it refused."""
        table = Table()
        try:
            with self._lock:
                told = self._copies.of(home, time.monotonic())
                wanted = [replace(each, nat_address=self._holders[home]) for each in told]
                self._copies.clear(home)
            refused = table.create_all(wanted)
            return wanted, refused
        finally:
            table.close()

    def leave(self, home: bytes) -> None:
        """The peer carries this zone from now on: what is in this kernel's table is not told any more."""
        table = Table()
        try:
            holder = self._holders[home]
            table.mark([each.key for each in table.dump(0, OVER) if each.nat_address == holder], OVER)
        finally:
            table.close()

    def _work(self) -> None:
        table, next_s = Table(), 0.0
        try:
            while not self._over.is_set():
                if (now_s := time.monotonic()) >= next_s:
                    next_s = now_s + EVERY_S
                    with suppress(OSError):
                        self._cycle(table, now_s)
                self._link.settimeout(max(0.001, next_s - time.monotonic()))
                with suppress(OSError):
                    self._hear(table, self._link.recv(4096))
        finally:
            table.close()

    def _cycle(self, table: Table, now_s: float) -> None:
        self._send(_HELLO)
        self._unconfirmed.clear()
        with self._lock:
            self._copies.forget_silent(now_s)
        if now_s >= self._refresh_at_s:
            self._refresh_at_s = now_s + REFRESHED_EVERY_S
            self._tell(self._mine(table, OVER))
            return
        young = self._mine(table, OVER | COPIED)
        self._tell(worth_telling(young, self._seen))
        self._seen = {each.key for each in young}

    def _mine(self, table: Table, mask: int) -> list[Connection]:
        carried = {self._holders[home] for home in self._carried()}
        return [
            replace(each, nat_address=self._homes[each.nat_address])
            for each in table.dump(0, mask)
            # What is not translated is the box's own affair.
            if each.nat_address in carried and each.key[1] != each.nat_address and not each.is_half_open
        ]

    def _tell(self, connections: list[Connection]) -> None:
        for start in range(0, len(connections), PER_PACKET):
            batch = connections[start : start + PER_PACKET]
            self._number = self._number + 1 & 0xFFFFFFFF
            # What is not assured yet is told again at every look: it will have more time then, or be gone.
            self._unconfirmed[self._number] = [each.key for each in batch if each.is_assured]
            self._send(_TOLD, self._number, encode(batch))

    def _send(self, what: int, number: int = 0, body: bytes = b"") -> None:
        with self._lock:
            datagram = self._letters.write(sealed.COPIES, _HEAD.pack(what, number) + body)
        with suppress(OSError):
            self._link.sendto(datagram, self._peer)

    def _hear(self, table: Table, datagram: bytes) -> None:
        with self._lock:
            letter = self._letters.read(datagram)
        if letter is None or letter.kind != sealed.COPIES or len(letter.body) < _HEAD.size:
            return
        if letter.boot != self._peer_boot:
            # It has started anew and knows nothing.
            self._peer_boot, self._refresh_at_s = letter.boot, 0.0
        what, number = _HEAD.unpack_from(letter.body)
        if what == _TOLD:
            self._note(number, letter.body[_HEAD.size :])
        elif what == _HEARD:
            table.mark(self._unconfirmed.pop(number, []), COPIED)
        elif what == _TELL_NOW:
            self._tell(self._mine(table, OVER | COPIED))
            self._send(_ALL_TOLD)
        elif what == _ALL_TOLD:
            self._answered.set()

    def _note(self, number: int, body: bytes) -> None:
        try:
            connections = decode(body)
        except ValueError:
            self._letters.bad["no connections"] += 1
            return
        with self._lock:
            self._copies.hear(connections, time.monotonic())
        self._send(_HEARD, number)
