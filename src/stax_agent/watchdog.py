"""Telling systemd that the duty goes on: once its loop turns, one that hangs is started anew.

Not before: at its start a duty waits for what it needs, as long as that takes.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

PATIENCE_S = 10


class Watchdog:
    """Fed from the loop itself; where systemd does not listen (`NotifyAccess=`), feeding it does nothing."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # systemd writes an abstract socket's leading zero as @.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        if self._link:
            self._link.setblocking(False)

    def feed(self) -> None:
        """Say that the loop turns, and how long that holds; what cannot be said is said again a moment later."""
        if self._link:
            with suppress(OSError):
                self._link.sendto(f"WATCHDOG_USEC={PATIENCE_S * 1_000_000}\nWATCHDOG=1".encode(), self._address)
