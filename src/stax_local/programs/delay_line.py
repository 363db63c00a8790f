"""A delay line: takes in what a VPC sends to one device of its own, and sends it on when its time has come.

Runs in the VPC's network namespace, as `delay_line.py RECORD DEVICE DELAY_MS JITTER_MS`, one process a
delay.  It makes DEVICE, says `ready` on its standard output, and serves until it is told to end (SIGTERM):
then everything that it holds goes on at once.  When it dies the device goes with it.

It lives on when the region dies, so RECORD tells who it is, `PID:START`, under a lock that a second one
respects.  Standard library only, and little of it: it is started while somebody waits.
"""

import fcntl
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from heapq import heappop, heappush
from random import random

MOST_BYTES = 64 << 20
"""Held at once; what comes beyond is lost, as on a full link."""

_LOOK_AGAIN_AFTER_S = 0.2
_MTU = 9001
_QUEUE_LENGTH = 4096
_LARGEST_FRAME = 65536
_ALREADY_SERVED = 75  # EX_TEMPFAIL

_TAP, _NO_PACKET_INFORMATION = 0x0002, 0x1000
_MAKE_DEVICE, _SET_MTU, _SET_QUEUE_LENGTH, _SET_FLAGS = 0x400454CA, 0x8922, 0x8943, 0x8914
_UP = 0x1


class DelayLine:
    """What is held, and until when.  Pure: it is told the time."""

    def __init__(self, delay_s: float, jitter_s: float, draw: Callable[[], float] = random) -> None:
        """Each frame is late by `delay_s` and a part of `jitter_s`, drawn by `draw` from 0 to 1."""
        self._delay_s = delay_s
        self._jitter_s = jitter_s
        self._draw = draw
        self._held: list[tuple[float, int, bytes]] = []
        self._bytes = self._count = 0

    def take(self, frame: bytes, now_s: float) -> None:
        """Hold a frame, or lose it when too much is held."""
        if self._bytes + len(frame) > MOST_BYTES:
            return
        self._bytes += len(frame)
        self._count += 1  # of two that are due at once the first goes first
        heappush(self._held, (now_s + self._delay_s + self._jitter_s * self._draw(), self._count, frame))

    def due(self, now_s: float) -> Iterator[bytes]:
        """Let go what is due, in order."""
        while self._held and self._held[0][0] <= now_s:
            frame = heappop(self._held)[2]
            self._bytes -= len(frame)
            yield frame

    def patience_s(self, now_s: float) -> float | None:
        """How long until the next one is due; None while nothing is held."""
        return max(self._held[0][0] - now_s, 0.0) if self._held else None


class Sender:
    """Sends frames out of the device behind which their receiver is."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._device_of: dict[bytes, str] = {}
        self._looked_at_s = 0.0

    def send(self, frame: bytes) -> None:
        """Send one; it is lost when its receiver has gone meanwhile, or never was."""
        device = self._device_of.get(frame[:6]) or self._look(frame[:6])
        if device:
            with suppress(OSError):
                self._socket.sendto(frame, (device, 0))

    def _look(self, receiver: bytes) -> str:
        """Ask the kernel who is where: a VPC's neighbours are permanent entries."""
        if time.monotonic() - self._looked_at_s < _LOOK_AGAIN_AFTER_S:
            return ""
        self._looked_at_s = time.monotonic()
        with open("/proc/net/arp") as table:  # noqa: PTH123 - pathlib takes as long to import as all else here
            self._device_of = dict(neighbours(table.read()))
        return self._device_of.get(receiver, "")


def neighbours(table: str) -> Iterator[tuple[bytes, str]]:
    """MAC address and device of every line of /proc/net/arp."""
    for line in table.splitlines()[1:]:
        words = line.split()
        yield bytes.fromhex(words[3].replace(":", "")), words[5]


def main(record: str, device: str, delay_ms: str, jitter_ms: str) -> int:
    """Serve until told to end; the exit code."""
    lock = os.open(record, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _ALREADY_SERVED
    os.ftruncate(lock, 0)
    os.write(lock, _this_process().encode())
    told = _told_to_end()
    line, sender = DelayLine(int(delay_ms) / 1000, int(jitter_ms) / 1000), Sender()
    tap = _make_device(device)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with suppress(OSError):  # somebody has taken its device away
        _serve(tap, told, line, sender)
    for frame in line.due(float("inf")):
        sender.send(frame)
    return 0


def _serve(tap: int, told: int, line: DelayLine, sender: Sender) -> None:
    """Until told to end: wait for a frame or for the time of one, take in what came, let go what is due."""
    ready: list[int] = []
    while told not in ready:
        ready = select.select([tap, told], [], [], line.patience_s(time.monotonic()))[0]
        if ready:
            _take_in(tap, line)
        for frame in line.due(time.monotonic()):
            sender.send(frame)


def _take_in(tap: int, line: DelayLine) -> None:
    now_s = time.monotonic()
    with suppress(BlockingIOError):
        for _ in range(_QUEUE_LENGTH):
            line.take(os.read(tap, _LARGEST_FRAME), now_s)


def _told_to_end() -> int:
    """A descriptor that becomes readable once SIGTERM comes: a frame in hand is never dropped for it."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGTERM, lambda *_: None)
    return reading


def _this_process() -> str:
    """Pid and start time, as stax_local.process reads them."""
    with open("/proc/self/stat") as stat:  # noqa: PTH123 - as above
        return f"{os.getpid()}:{stat.read().rpartition(')')[2].split()[19]}"


def _make_device(name: str) -> int:
    """Make the device, which goes when this process does, and return where its frames come from."""
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    label = name.encode()
    fcntl.ioctl(tap, _MAKE_DEVICE, struct.pack("16sH22x", label, _TAP | _NO_PACKET_INFORMATION))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SET_MTU, struct.pack("16si20x", label, _MTU))
        fcntl.ioctl(control, _SET_QUEUE_LENGTH, struct.pack("16si20x", label, _QUEUE_LENGTH))
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH22x", label, _UP))
    return tap


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
