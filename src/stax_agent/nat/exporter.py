"""Serves what a box counts over HTTP, to the private subnets: the rules of the box let nobody else in.

A process of its own: counting ports reads the whole table of connections, and no heartbeat may wait for that.
"""

import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from stax_agent.nat.metrics import Kernel, Use, page, ports_in_use
from stax_agent.nat.netlink import Table
from stax_agent.nat.operator import STATE, read_status
from stax_agent.nat.rules import METRICS_PORT
from stax_agent.setback import say

PATIENCE_S = 5.0
"""For a client that connects and says nothing: one is served at a time."""
LEAST_AGE_S = 10.0
SHARE = 20
"""Counting ports takes at most a twentieth of a core: the larger the table, the older the count."""

_SYSCTLS = Path("/proc/sys/net/netfilter")
_STATISTICS = Path("/proc/net/stat/nf_conntrack")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Ports:
    """The ports in use, counted now and then."""

    def __init__(self) -> None:
        self._counted: dict[Use, int] = {}
        self._again_at_s = 0.0

    def counted(self) -> dict[Use, int]:
        """Return the last count, a new one when it is due; an empty one where the kernel does not tell."""
        began_s = time.monotonic()
        if began_s >= self._again_at_s:
            try:
                with closing(Table()) as table:
                    self._counted = dict(ports_in_use(table.dump(0, 0)))
            except OSError as error:
                self._counted = {}
                say(f"the table of connections cannot be read: {error}")
            took_s = time.monotonic() - began_s
            self._again_at_s = began_s + max(LEAST_AGE_S, took_s * SHARE)
        return self._counted


def kernel(ports: Ports) -> Kernel:
    """Return the table of connections in numbers."""
    return Kernel(
        connections=_number("nf_conntrack_count"),
        limit=_number("nf_conntrack_max"),
        dropped=_dropped(),
        ports=ports.counted(),
    )


def _number(name: str) -> int:
    try:
        return int((_SYSCTLS / name).read_text())
    except (OSError, ValueError):
        return 0


def _dropped() -> int:
    """Sum the column `drop` of all processors; its numbers are hexadecimal."""
    try:
        heading, *rows = _STATISTICS.read_text().splitlines()
        column = heading.split().index("drop")
        return sum(int(row.split()[column], 16) for row in rows)
    except (OSError, ValueError, IndexError):
        return 0


class Exporter(HTTPServer):
    """Answers GET /metrics."""

    def __init__(self, address: tuple[str, int], state: Path) -> None:
        self.state, self.ports = state, Ports()
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Exporter
    timeout = PATIENCE_S
    server_version, sys_version = "stax", ""

    def do_GET(self) -> None:
        """Answer with the page, at its address alone."""
        if self.path != "/metrics":
            self.send_error(404, "it is at /metrics")
            return
        body = page(read_status(self.server.state), kernel(self.server.ports)).encode()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: who asks every few seconds is no news."""


def export(state: Path = STATE) -> None:
    """Serve for ever."""
    with Exporter(("", METRICS_PORT), state) as exporter:
        say(f"metrics at port {METRICS_PORT}, /metrics")
        exporter.serve_forever()
