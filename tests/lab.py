"""Networks that exist: an account made real in the kernel, and ways to try who reaches whom."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.accounts import Account

from stax_local.connections import Server
from stax_local.fabric import Fabric
from stax_local.internet.echo import DatagramEcho, EchoHandler
from stax_local.kernel.namespaces import inside
from stax_local.kernel.sockets import datagrams, listening
from stax_local.network.weather import CALM
from stax_local.reconcile import Command

# A packet within this machine takes 0.1 ms; what has not come after this is dropped.
DROPPED_AFTER_S = 0.4


def missing() -> str:
    """What this machine lacks for networks in the kernel; empty when nothing."""
    if os.geteuid() != 0:
        return "root"
    return ", ".join(tool for tool in ("ip", "nft", "ping") if shutil.which(tool) is None)


class Lab:
    """An account, and the kernel kept as it says."""

    def __init__(self, state: Path, serial: int = 0, *, has_uplink: bool = False) -> None:
        self.state = state
        self.account = Account(serial)
        self.fabric = Fabric(state, has_uplink=has_uplink)
        self.weather = CALM
        self._servers: list[Server | DatagramEcho] = []

    def settle(self) -> list[Command]:
        return self.fabric.settle(self.account.world, self.weather)

    def close(self) -> None:
        for server in self._servers:
            with suppress(OSError):
                server.close()
        self.fabric.remove()

    def machine(self, instance_id: str) -> str:
        return self.fabric.names.machine(instance_id)

    @property
    def internet(self) -> str:
        return self.fabric.names.internet

    def run(self, namespace: str, *argv: str) -> subprocess.CompletedProcess[str]:
        command = ("ip", "netns", "exec", namespace, *argv)
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    def echo(self, namespace: str, address: str, port: int) -> None:
        """Echo on TCP and UDP there until the lab closes."""
        self._servers.append(Server(listening(namespace, address, port), EchoHandler))
        self._servers.append(DatagramEcho(datagrams(namespace, address, port)))

    def pings(self, namespace: str, address: str) -> bool:
        return self.run(namespace, "ping", "-c1", f"-W{DROPPED_AFTER_S}", address).returncode == 0

    def tcp(self, namespace: str, address: str, port: int) -> bool:
        """Whether an echo comes back over TCP."""
        with suppress(OSError), self.connected(namespace, address, port) as connection:
            return exchanges(connection)
        return False

    def udp(self, namespace: str, address: str, port: int) -> bool:
        """Whether an echo comes back over UDP."""
        with inside(namespace, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mine:
            mine.settimeout(DROPPED_AFTER_S)
            with suppress(OSError):
                mine.sendto(b"x", (address, port))
                return mine.recv(9) == b"x"
        return False

    @contextmanager
    def connected(self, namespace: str, address: str, port: int) -> Iterator[socket.socket]:
        connection = inside(namespace, lambda: socket.create_connection((address, port), timeout=DROPPED_AFTER_S))
        with connection:
            yield connection

    def nat(self, instance_id: str) -> None:
        """Let the machine forward and masquerade, as the simplest NAT box does."""
        rules = (
            "add table ip n; add chain ip n p { type nat hook postrouting priority 100; };"
            "add rule ip n p ip daddr != 10.183.0.0/16 masquerade"
        )
        for argv in (("sysctl", "-qw", "net.ipv4.ip_forward=1"), ("nft", rules)):
            assert self.run(self.machine(instance_id), *argv).returncode == 0


def rewriting(own: str, inner: str) -> str:
    """nft rules by which a box lends its address to one machine behind it, packet by packet, without state."""
    return (
        "add table ip n; add chain ip n pre { type filter hook prerouting priority -310; };"
        "add chain ip n post { type filter hook postrouting priority 310; };"
        f"add rule ip n pre ip daddr {own} ip daddr set {inner};"
        f"add rule ip n post ip saddr {inner} ip saddr set {own}"
    )


def exchanges(connection: socket.socket, *, within_s: float = DROPPED_AFTER_S) -> bool:
    """Whether a line sent comes back."""
    connection.settimeout(within_s)
    token = f"{time.monotonic_ns()}\n".encode()
    try:
        connection.sendall(token)
        return connection.recv(99) == token
    except OSError:
        return False
