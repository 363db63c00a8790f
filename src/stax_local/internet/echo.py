"""Echo (RFC 862), on TCP and UDP: what comes goes back."""

import contextlib
import socket
import socketserver
import threading

_LARGEST = 65536


class EchoHandler(socketserver.BaseRequestHandler):
    """One connection, until the other side closes it or is silent for too long."""

    def handle(self) -> None:
        """Send back what comes."""
        self.request.settimeout(None)  # an idle connection is what some tests are about
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        with contextlib.suppress(OSError):
            while data := self.request.recv(_LARGEST):
                self.request.sendall(data)


class DatagramEcho:
    """Echoes datagrams until closed."""

    def __init__(self, datagrams: socket.socket) -> None:
        self._datagrams = datagrams
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="udp echo", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._closed = True
        with contextlib.suppress(OSError):  # it says ENOTCONN, and wakes the thread all the same
            self._datagrams.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)
        self._datagrams.close()

    def _serve(self) -> None:
        while not self._closed:
            with contextlib.suppress(OSError):
                data, sender = self._datagrams.recvfrom(_LARGEST)
                if sender:  # nobody: woken to end
                    self._datagrams.sendto(data, sender)
