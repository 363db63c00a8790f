"""Listening sockets inside a namespace: made there, used from here."""

import socket

from stax_local.kernel.namespaces import inside

_BACKLOG = 128


def listening(namespace: str, address: str, port: int) -> socket.socket:
    """A TCP socket that listens at `address` in `namespace`."""

    def make() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(_BACKLOG)
        return made

    return inside(namespace, make)


def datagrams(namespace: str, address: str, port: int) -> socket.socket:
    """A UDP socket bound to `address` in `namespace`."""

    def make() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((address, port))
        return made

    return inside(namespace, make)


def connected(namespace: str, source: str, target: tuple[str, int], *, timeout_s: float) -> socket.socket:
    """A TCP connection from `source` to `target`, made in `namespace`; OSError when it fails."""

    def make() -> socket.socket:
        return socket.create_connection(target, timeout=timeout_s, source_address=(source, 0))

    return inside(namespace, make)


def icmp_pair(namespace: str) -> tuple[socket.socket, socket.socket]:
    """Two raw sockets in `namespace`: one gets all ICMP that arrives there, one sends whole packets."""

    def make() -> tuple[socket.socket, socket.socket]:
        return (
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
        )

    return inside(namespace, make)
