"""Brings the ICMP errors of the internet home: see `stax_local.network.icmp_errors`."""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping

from stax_local.kernel.sockets import icmp_pair
from stax_local.network.icmp_errors import translated

_LARGEST = 65536


class IcmpReturns:
    """Translates every error that nft hands over in one VPC, until closed."""

    def __init__(self, namespace: str, private_of: Callable[[], Mapping[str, str]]) -> None:
        self._receiver, self._sender = icmp_pair(namespace)
        self._private_of = private_of
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="icmp returns", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._closed = True
        with contextlib.suppress(OSError):  # it says ENOTCONN, and wakes the thread all the same
            self._receiver.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)
        self._receiver.close()
        self._sender.close()

    def _serve(self) -> None:
        while not self._closed:
            # A machine that has gone meanwhile: the error is lost, as errors may be.
            with contextlib.suppress(OSError):
                found = translated(self._receiver.recv(_LARGEST), self._private_of())
                if found:
                    self._sender.sendto(found[0], (found[1], 0))
