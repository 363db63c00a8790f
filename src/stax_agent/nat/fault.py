"""Breaks this box on purpose, for a drill, for as long as its input stays open: whoever held it open may just die."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stax_agent.nat.heartbeat import PORT

LONGEST_S = 300.0
"""Put back by then whatever happens to the operator's connection: ssh takes a minute to notice that it is dead."""
_FORWARDS = Path("/proc/sys/net/ipv4/ip_forward")
_DEAF_TABLE = "inet stax_drill"
_DEAF = f"""\
table {_DEAF_TABLE} {{}}
delete table {_DEAF_TABLE}
table {_DEAF_TABLE} {{
    chain in {{
        type filter hook prerouting priority -400; policy accept;
        udp dport {PORT} drop
    }}
    chain out {{
        type filter hook output priority -400; policy accept;
        udp dport {PORT} drop
    }}
}}
"""


@dataclass(frozen=True)
class Fault:
    """How to make it and how to mend it.  Both raise OSError."""

    make: Callable[[], object]
    mend: Callable[[], object]


def _nft(*words: str, given: str = "") -> None:
    done = subprocess.run(("nft", *words), input=given, capture_output=True, text=True, timeout=5, check=False)
    if done.returncode:
        raise OSError(f"nft refuses: {done.stderr.strip()}")


FAULTS = {
    "forwarding-off": Fault(lambda: _FORWARDS.write_text("0\n"), lambda: _FORWARDS.write_text("1\n")),
    "heartbeats-cut": Fault(
        lambda: _nft("--file", "-", given=_DEAF), lambda: _nft("delete", "table", *_DEAF_TABLE.split())
    ),
}


def break_on_purpose(kind: str, say_done: Callable[[], object]) -> None:
    """Make the fault, say so, and mend it when the input ends or the time is up."""
    fault = FAULTS[kind]
    ended = threading.Event()
    threading.Thread(target=_await_end, args=(ended,), daemon=True).start()
    try:
        fault.make()
        say_done()
        ended.wait(LONGEST_S)
    finally:
        fault.mend()


def _await_end(ended: threading.Event) -> None:
    while sys.stdin.read(4096):
        pass
    ended.set()
