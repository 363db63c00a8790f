"""New connections by the thousand, and bulk: both sides, run in their namespaces.

`serve SECONDS`, `begin RATE SECONDS` (RATE 0: as many as will go; prints how many came about a second), and
`bulk SECONDS` (prints the megabits a second that came).
"""

import contextlib
import selectors
import socket
import sys
import time

SERVER = ("203.0.113.10", 9100)
BULK_PORT = 9101
_AT_ONCE = 64
_PART = bytes(1 << 18)


def serve(for_s: float) -> None:
    """Accept and close; send for ever to whoever comes to the other port."""
    until_s = time.monotonic() + for_s
    listener = socket.create_server(("", SERVER[1]), backlog=4096)
    bulk = socket.create_server(("", BULK_PORT))
    with selectors.DefaultSelector() as selector:
        for each in (listener, bulk):
            each.setblocking(False)
            selector.register(each, selectors.EVENT_READ)
        print("ready", flush=True)
        while time.monotonic() < until_s:
            for key, _ in selector.select(0.5):
                if key.fileobj is bulk:
                    _send_until_closed(bulk.accept()[0])
                else:
                    _accept_all(listener)


def _accept_all(listener: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()


def _send_until_closed(link: socket.socket) -> None:
    link.setblocking(True)
    with link, contextlib.suppress(OSError):
        while True:
            link.sendall(_PART)


def begin(rate_per_s: float, for_s: float) -> float:
    """Open connections and wait for the other side's close; return how many came about a second."""
    began_s = time.monotonic()
    begun = done = 0
    with selectors.DefaultSelector() as selector:
        while (passed_s := time.monotonic() - began_s) < for_s:
            due = int(passed_s * rate_per_s) if rate_per_s else begun + _AT_ONCE
            while begun < due and len(selector.get_map()) < _AT_ONCE:
                link = socket.socket()
                link.setblocking(False)
                link.connect_ex(SERVER)
                selector.register(link, selectors.EVENT_READ)
                begun += 1
            for key, _ in selector.select(0.001):
                link = key.fileobj
                assert isinstance(link, socket.socket)
                with contextlib.suppress(OSError):
                    done += link.recv(1) == b""
                selector.unregister(link)
                link.close()
    return done / for_s


def bulk(for_s: float) -> float:
    """Receive for so long; return the megabits a second."""
    received, began_s = 0, time.monotonic()
    with socket.create_connection((SERVER[0], BULK_PORT), timeout=10) as link:
        while time.monotonic() - began_s < for_s:
            received += len(link.recv(1 << 20))
    return received * 8 / 1e6 / for_s


def main(words: list[str]) -> None:
    match words:
        case ["serve", seconds]:
            serve(float(seconds))
        case ["begin", rate, seconds]:
            print(begin(float(rate), float(seconds)))
        case ["bulk", seconds]:
            print(bulk(float(seconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
