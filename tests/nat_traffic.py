"""Traffic of every kind through a NAT box, and what became of it.  Both sides; run in their namespaces.

The client opens its connections, says `ready`, and on every line it reads says in JSON what became of
them since the last one: which kinds broke, how long the longest stall was, and when new connections
could be begun (on the monotonic clock, which is the same in all namespaces).  The line is for how many
seconds it may wait for each to do once more what it is for; with 0, what has not lately is silent.
"""

import asyncio
import contextlib
import json
import sys
import time
from typing import Any

SERVER = ("203.0.113.10", 9000)
BEAT_S = 0.05
NEW_EVERY_S = 0.01
NEW_WITHIN_S = 0.15
CHUNK = bytes(32768)
ALIVE_WITHIN_S = 1.5
COUNTS = {"exchanging": 50, "receiving": 10, "idle": 10, "udp": 15, "udp_receiving": 5, "down": 1, "up": 1}
NEVER_WITHIN_S = 5.0
"""A connection that has not come about by then, its first packet repeated twice, has failed."""


# The server -----------------------------------------------------------------------------------------


async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        kind = (await reader.readline()).decode().strip()
        if kind == "receiving":
            while True:
                writer.write(b"line\n")
                await writer.drain()
                await asyncio.sleep(BEAT_S)
        elif kind == "down":
            while True:
                writer.write(CHUNK)
                await writer.drain()
                await asyncio.sleep(0.01)
        elif kind == "up":
            while part := await reader.read(65536):
                writer.write(b"%d\n" % len(part))
        else:
            while line := await reader.readline():
                writer.write(line)
    writer.close()


class UdpServer(asyncio.DatagramProtocol):
    """Answers with whom it saw: once, or again and again to those who only receive."""

    def __init__(self) -> None:
        self.receivers: set[Any] = set()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data == b"udp_receiving":
            self.receivers.add(addr)
        elif data:
            self.transport.sendto(repr(addr).encode(), addr)

    async def send(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for each in self.receivers:
                self.transport.sendto(b"line", each)


async def serve() -> None:
    server = await asyncio.start_server(serve_one, *SERVER, backlog=1024)
    _, datagrams = await asyncio.get_running_loop().create_datagram_endpoint(UdpServer, local_addr=SERVER)
    print("ready", flush=True)
    await asyncio.gather(server.serve_forever(), datagrams.send())


# The client -----------------------------------------------------------------------------------------


class Flow:
    """One connection, and when it last did what it is for."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.good_at_s = time.monotonic()
        self.stall_s = 0.0
        self.broken = ""

    def good(self) -> None:
        now_s = time.monotonic()
        self.stall_s = max(self.stall_s, now_s - self.good_at_s)
        self.good_at_s = now_s

    async def run(self) -> None:
        try:
            await (self._udp() if self.kind.startswith("udp") else self._tcp())
        except (OSError, EOFError) as error:
            self.broken = repr(error)

    async def _tcp(self) -> None:
        reader, self.writer = await asyncio.open_connection(*SERVER)
        self.reader, writer = reader, self.writer
        writer.write(f"{self.kind}\n".encode())
        if self.kind == "exchanging":
            while True:
                writer.write(b"line\n")
                self._some(await reader.readline())
                await asyncio.sleep(BEAT_S)
        elif self.kind == "up":
            while True:
                writer.write(CHUNK)
                self._some(await reader.readline())
                await asyncio.sleep(0.01)
        elif self.kind == "idle":
            await asyncio.Event().wait()
        while True:
            self._some(await reader.read(65536))

    def _some(self, data: bytes) -> None:
        if not data:
            raise EOFError
        self.good()

    async def _udp(self) -> None:
        loop = asyncio.get_running_loop()
        heard: asyncio.Queue[bytes] = asyncio.Queue()

        class Heard(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: Any) -> None:
                heard.put_nowait(data)

        transport, _ = await loop.create_datagram_endpoint(Heard, remote_addr=SERVER)
        if self.kind == "udp_receiving":
            transport.sendto(self.kind.encode())
            while True:
                await heard.get()
                self.good()
        seen_as = b""
        while True:
            transport.sendto(b"line")
            with contextlib.suppress(TimeoutError):
                now_as = await asyncio.wait_for(heard.get(), BEAT_S)
                if seen_as and now_as != seen_as:
                    raise EOFError(f"seen as {now_as!r}, before as {seen_as!r}")
                seen_as = now_as
                self.good()
            await asyncio.sleep(BEAT_S)

    def is_silent_since(self, at_s: float) -> bool:
        return self.kind != "idle" and not self.broken and self.good_at_s < at_s

    async def ask_idle(self, within_s: float) -> None:
        """Send a line over what was idle, and have it back."""
        try:
            self.writer.write(b"awake\n")
            self._some(await asyncio.wait_for(self.reader.readline(), within_s))
        except (OSError, EOFError, TimeoutError) as error:
            self.broken = repr(error)


class Beginner:
    """Begins a connection every 10 ms, and notes when those that came about were begun."""

    def __init__(self) -> None:
        self.begun_s: list[float] = []
        self.failed = 0

    async def run(self) -> None:
        pending = set()
        while True:
            task = asyncio.create_task(self._one())
            pending.add(task)
            task.add_done_callback(pending.discard)
            await asyncio.sleep(NEW_EVERY_S)

    async def _one(self) -> None:
        at_s = time.monotonic()
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(*SERVER), NEVER_WITHIN_S)
        except (OSError, TimeoutError):
            self.failed += 1
            return
        if time.monotonic() - at_s < NEW_WITHIN_S:
            self.begun_s.append(at_s)
        writer.transport.abort()


async def use() -> None:
    flows = [Flow(kind) for kind, count in COUNTS.items() for _ in range(count)]
    beginner = Beginner()
    tasks = [asyncio.create_task(beginner.run()), *(asyncio.create_task(each.run()) for each in flows)]
    await asyncio.sleep(2)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        within_s = max(float(line), ALIVE_WITHIN_S)
        since_s = time.monotonic() - (0 if float(line) else ALIVE_WITHIN_S)
        await wait_for_silent(flows, since_s, float(line))
        await asyncio.gather(*(each.ask_idle(within_s) for each in flows if each.kind == "idle" and not each.broken))
        print(json.dumps(account(flows, beginner, since_s)), flush=True)
        renewed = [Flow(each.kind) if each.broken else each for each in flows]
        tasks += [asyncio.create_task(new.run()) for old, new in zip(flows, renewed, strict=True) if new is not old]
        flows = renewed
        for each in flows:
            each.stall_s, each.good_at_s = 0.0, time.monotonic()
        beginner.begun_s, beginner.failed = [], 0


async def wait_for_silent(flows: list[Flow], since_s: float, within_s: float) -> None:
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s and any(each.is_silent_since(since_s) for each in flows):
        await asyncio.sleep(0.05)


def account(flows: list[Flow], beginner: Beginner, since_s: float) -> dict[str, Any]:
    now_s = time.monotonic()
    broken: dict[str, int] = dict.fromkeys(COUNTS, 0)
    for each in flows:
        if each.is_silent_since(since_s):
            each.broken = "silent"
        broken[each.kind] += bool(each.broken)
    return {
        "broken": broken,
        "why": sorted({f"{each.kind}: {each.broken}" for each in flows if each.broken}),
        "stall_s": max(each.stall_s for each in flows if each.kind == "exchanging"),
        "receiving_stall_s": max(
            max(each.stall_s, now_s - each.good_at_s) for each in flows if each.kind == "receiving"
        ),
        "begun_s": beginner.begun_s,
        "failed": beginner.failed,
    }


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1:] == ["serve"] else use())
