"""The way from this machine into the region: a connection from the operator's address, by a socket file.

Public addresses of two regions may be the same, so neither is routed on this machine.  Instead the
region dials: ssh reaches a machine through `ProxyCommand`, and any program through `stax local dial`.
"""

import contextlib
import os
import selectors
import socket
import socketserver
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path

from stax_local.connections import Server
from stax_local.internet.places import OPERATOR_ADDRESS
from stax_local.internet.relay import copy
from stax_local.kernel.process import KernelError
from stax_local.kernel.sockets import connected

CONNECT_TIMEOUT_S = 10.0
_DONE = b"connected\n"
_LONGEST_LINE = 300
_CHUNK = 65536


class DialError(Exception):
    """The connection could not be made; `str()` says why."""


def serve(path: Path, namespace: str) -> Server:
    """Dial for whoever may open the socket file: its owner."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short(path) as name:
        listener.bind(name)
    path.chmod(0o600)
    listener.listen()
    return Server(listener, _Handler, namespace=namespace)


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """Another name of the file: a socket's has 107 bytes at most, and a state folder may lie deep."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class _Handler(socketserver.BaseRequestHandler):
    """One line says where to; then bytes both ways, however long they are silent."""

    server: Server

    def handle(self) -> None:
        """Dial and copy, or say why not."""
        with contextlib.suppress(OSError):
            try:
                target = _target(_line(self.request))
                outside = connected(
                    self.server.given["namespace"], OPERATOR_ADDRESS, target, timeout_s=CONNECT_TIMEOUT_S
                )
            except OSError as error:
                self.request.sendall(f"{error.strerror or error}\n".encode())
                return
            except (ValueError, KernelError) as error:
                self.request.sendall(f"{error}\n".encode())
                return
            with outside:
                self.request.sendall(_DONE)
                for each in (self.request, outside):
                    each.settimeout(None)
                copy(self.request, outside, idle_s=None)


def _line(connection: socket.socket) -> str:
    """A line, byte by byte: what comes after it is not ours."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte or len(line) > _LONGEST_LINE:
            raise ValueError("no address was given")
        line += byte
    return line.decode("ascii", "replace").strip()


def _target(line: str) -> tuple[str, int]:
    address, _, port = line.partition(" ")
    try:
        IPv4Address(address)
    except AddressValueError:
        raise ValueError(f"{address!r} is no IPv4 address") from None
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{port!r} is no port")
    return address, int(port)


def dial(path: Path, address: str, port: str) -> None:
    """Connect standard input and output to a public address of the region.  Raises DialError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            with _short(path) as name:
                connection.connect(name)
            connection.sendall(f"{address} {port}\n".encode())
            answer = _line(connection)
        except (OSError, ValueError) as error:
            raise DialError(f"the region does not dial: {error}") from error
        if answer != _DONE.decode().strip():
            raise DialError(f"{address} port {port}: {answer}")
        _copy_standard(connection)


def _copy_standard(connection: socket.socket) -> None:
    """Copy until the other side closes; the end of our input is passed on, and its answer awaited."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        with contextlib.suppress(PermissionError):  # a plain file cannot be waited for
            selector.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is connection:
                    data = connection.recv(_CHUNK)
                    if not data:
                        return
                    _write_all(data)
                elif data := os.read(0, _CHUNK):
                    connection.sendall(data)
                else:
                    selector.unregister(0)
                    connection.shutdown(socket.SHUT_WR)


def _write_all(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]
