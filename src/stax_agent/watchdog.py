"""Telling systemd that the duty goes on (`WatchdogSec=`): a loop that hangs is started anew."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Watchdog:
    """Fed from the loop itself; where systemd keeps none, feeding it does nothing."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "") if environ.get("WATCHDOG_USEC") else ""
        # systemd writes an abstract socket's leading zero as @.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        if self._link:
            self._link.setblocking(False)

    def feed(self) -> None:
        """Say that the loop turns; what cannot be said is said again a moment later."""
        if self._link:
            with suppress(OSError):
                self._link.sendto(b"WATCHDOG=1", self._address)
