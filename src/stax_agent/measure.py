"""What a docker host notices of its way out: connections begun anew, open ones that exchange, receive or sit idle.

Prints `ready`, and for each line on standard input what became of all of it since the last one, as JSON.  Ends
with its input.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

NEW_EVERY_S = 0.01
NEW_WITHIN_S = 0.5
"""A connection whose first packet is lost comes about after a second, when that is sent again: too late to count."""
BEAT_S = 0.05
ALIVE_WITHIN_S = 10.0
"""After a move a connection may stall; one that says nothing for so long is broken."""
SETTLED_S = 1.5
"""A connection is old enough to be known to both boxes."""
COUNTS = {"exchanging": 20, "idle": 5, "receiving": 2, "udp": 5}
ECHO_PORT, WEB_PORT = 7, 80
_PART_BYTES = 4096
_PAUSE_S = 0.02
"""A download of some 200 KB/s: alive, and no load."""


@dataclass
class Flow:
    """An open connection, and whether it lives."""

    kind: str
    good_at_s: float = 0.0
    stall_s: float = 0.0
    broken: str = ""
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def good(self) -> None:
        """Something came."""
        now_s = time.monotonic()
        if self.good_at_s:
            self.stall_s = max(self.stall_s, now_s - self.good_at_s)
        self.good_at_s = now_s


Doing = Callable[[Flow], Awaitable[None]]


@dataclass
class Beginner:
    """Begins a connection every 10 ms, and notes when those that came about were begun."""

    host: str
    port: int
    begun_s: list[float] = field(default_factory=list)
    failed: int = 0

    async def run(self) -> None:
        """Begin them for ever."""
        pending: set[asyncio.Task[None]] = set()
        while True:
            task = asyncio.create_task(self._one())
            pending.add(task)
            task.add_done_callback(pending.discard)
            await asyncio.sleep(NEW_EVERY_S)

    async def _one(self) -> None:
        at_s = time.monotonic()
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(self.host, self.port), NEW_WITHIN_S)
        except (OSError, TimeoutError):
            self.failed += 1
            return
        self.begun_s.append(at_s)
        writer.transport.abort()

    def outage_s(self, since_s: float, until_s: float) -> float:
        """Return the longest time in which none was begun that came about."""
        times = [since_s, *sorted(each for each in self.begun_s if each >= since_s), until_s]
        return max(later - earlier for earlier, later in pairwise(times))


async def exchange(host: str, flow: Flow) -> None:
    """Send a line and have it back, again and again."""
    reader, writer = flow.streams = await asyncio.open_connection(host, ECHO_PORT)
    while True:
        writer.write(b"line\n")
        _some(flow, await reader.readline())
        await asyncio.sleep(BEAT_S)


async def sit_idle(host: str, flow: Flow) -> None:
    """Open a connection and say nothing: it is asked when accounts are given."""
    flow.streams = await asyncio.open_connection(host, ECHO_PORT)
    flow.good()
    await asyncio.Event().wait()


async def receive(host: str, flow: Flow) -> None:
    """Take what a server sends for hours, slowly."""
    reader, writer = flow.streams = await asyncio.open_connection(host, WEB_PORT, limit=_PART_BYTES)
    writer.write(f"GET /bulk?bytes={1 << 33} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
    while True:
        _some(flow, await reader.read(_PART_BYTES))
        await asyncio.sleep(_PAUSE_S)


class _Heard(asyncio.DatagramProtocol):
    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def datagram_received(self, data: bytes, addr: Any) -> None:
        del data, addr
        self._flow.good()


async def exchange_datagrams(host: str, flow: Flow) -> None:
    """Send a datagram and have it back, again and again, from one port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Heard(flow), remote_addr=(host, ECHO_PORT))
    with contextlib.closing(transport):
        while True:
            transport.sendto(b"line")
            await asyncio.sleep(BEAT_S)


def _some(flow: Flow, data: bytes) -> None:
    if not data:
        raise EOFError("closed")
    flow.good()


DOES: dict[str, Callable[[str, Flow], Coroutine[Any, Any, None]]] = {
    "exchanging": exchange,
    "idle": sit_idle,
    "receiving": receive,
    "udp": exchange_datagrams,
}


class Measurement:
    """Everything that is under way."""

    def __init__(self, host: str, port: int, *, has_servers: bool) -> None:
        self._host = host
        self._beginner = Beginner(host, port)
        self._flows = [Flow(kind) for kind, count in COUNTS.items() for _ in range(count)] if has_servers else []
        self._tasks: set[asyncio.Task[None]] = set()
        self._since_s = time.monotonic()

    def start(self) -> None:
        """Begin all of it."""
        self._start(self._beginner.run())
        for flow in self._flows:
            self._start(self._live(flow))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live(self, flow: Flow) -> None:
        try:
            await DOES[flow.kind](self._host, flow)
        except (OSError, EOFError) as error:
            flow.broken = f"{error}" or type(error).__name__

    async def account(self) -> dict[str, Any]:
        """Return what became of it since the last account, and begin anew what is broken."""
        idle = [flow for flow in self._flows if flow.kind == "idle" and not flow.broken]
        await asyncio.gather(*map(_wake, idle))
        now_s = time.monotonic()
        told = {
            "outage_s": round(self._beginner.outage_s(self._since_s, now_s), 3),
            "begun": len(self._beginner.begun_s),
            "failed": self._beginner.failed,
            "flows": {kind: self._of(kind, now_s) for kind in COUNTS if self._flows},
        }
        self._begin_anew(now_s)
        return told

    def _of(self, kind: str, now_s: float) -> dict[str, Any]:
        flows = [flow for flow in self._flows if flow.kind == kind]
        for flow in flows:
            if not flow.broken and kind != "idle" and now_s - flow.good_at_s > ALIVE_WITHIN_S:
                flow.broken = f"silent for {now_s - flow.good_at_s:.0f} s"
        broken = [flow.broken for flow in flows if flow.broken]
        stalls = [max(flow.stall_s, now_s - flow.good_at_s) for flow in flows if kind != "idle" and not flow.broken]
        stall_s = round(max(stalls, default=0.0), 3)
        return {"count": len(flows), "broken": len(broken), "why": sorted(set(broken)), "stall_s": stall_s}

    def _begin_anew(self, now_s: float) -> None:
        self._since_s, self._beginner.begun_s, self._beginner.failed = now_s, [], 0
        for place, flow in enumerate(self._flows):
            flow.stall_s, flow.good_at_s = 0.0, now_s
            if flow.broken:
                self._flows[place] = Flow(flow.kind)
                self._start(self._live(self._flows[place]))


async def _wake(flow: Flow) -> None:
    """Send a line over what was idle, and have it back."""
    if flow.streams is None:
        return
    reader, writer = flow.streams
    try:
        writer.write(b"awake\n")
        _some(flow, await asyncio.wait_for(reader.readline(), ALIVE_WITHIN_S))
    except (OSError, EOFError, TimeoutError) as error:
        flow.broken = f"{error}" or "silent"


async def _measure(host: str, port: int, *, has_servers: bool) -> None:
    measurement = Measurement(host, port, has_servers=has_servers)
    measurement.start()
    await asyncio.sleep(SETTLED_S)
    print(json.dumps({"ready": True}), flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await measurement.account()), flush=True)


def measure(host: str, port: int, *, has_servers: bool) -> int:
    """Measure until the input ends; return the exit code.

    `has_servers`: it echoes on port 7, TCP and UDP, and sends on port 80; else connections are only begun anew.
    """
    asyncio.run(_measure(host, port, has_servers=has_servers))
    return 0
