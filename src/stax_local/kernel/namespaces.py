"""Network namespaces: made, found, entered, removed."""

import ctypes
import fcntl
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from stax_local.kernel.process import KernelError, run

FOLDER = Path("/run/netns")
CLONE_NEWNET = 0x40000000
MS_BIND = 4096
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

# A router forwards between devices that carry no prefix, answers ARP for whom it can reach at
# once, and believes its neighbours: `default` is what devices laid later will have.
_ROUTER_SETTINGS = (
    ("ipv6/conf/all/disable_ipv6", "1"),
    ("ipv6/conf/default/disable_ipv6", "1"),
    ("ipv4/ip_forward", "1"),
    *((f"ipv4/conf/{scope}/{key}", "0") for scope in ("all", "default") for key in ("rp_filter", "send_redirects")),
    ("ipv4/conf/default/proxy_arp", "1"),
    # AWS follows a connection whose handshake it has not seen, and forgives its windows.
    ("netfilter/nf_conntrack_tcp_loose", "1"),
    ("netfilter/nf_conntrack_tcp_be_liberal", "1"),
)

_Made = TypeVar("_Made")

Identity = tuple[int, int]
"""What tells two namespaces of one name apart: device and inode."""


def make(name: str, *, forwards: bool) -> None:
    """Make a namespace with its loopback up; a router (`forwards`) gets its settings."""
    if not FOLDER.is_mount():  # the first since the host has booted: `ip` prepares the folder
        run(("ip", "netns", "add", name))
        run(("ip", "-n", name, "link", "set", "lo", "up"))
    else:
        _in_a_thread(f"making {name}", lambda: _be_born(name))
    if forwards:
        inside(name, lambda: _set(_ROUTER_SETTINGS))


def _be_born(name: str) -> None:
    """What `ip netns add` does, without two processes: somebody waits for a machine."""
    libc = ctypes.CDLL(None, use_errno=True)
    path = FOLDER / name
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444))
    except FileExistsError as error:
        raise KernelError(f"there is a network namespace {name} already") from error
    here = b"/proc/thread-self/ns/net"
    if libc.unshare(CLONE_NEWNET) != 0 or libc.mount(here, os.fsencode(path), b"none", MS_BIND, None) != 0:
        why = os.strerror(ctypes.get_errno())
        path.unlink()
        raise KernelError(f"cannot make network namespace {name}: {why}")
    _switch_on(b"lo")


def _switch_on(device: bytes) -> None:
    """Set a device of this thread's namespace up (man netdevice)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sh14x", device, 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", device, flags | IFF_UP))


def drop(name: str) -> None:
    """Remove a namespace; nothing happens if there is none of that name."""
    if exists(name):
        run(("ip", "netns", "del", name))


_SILENCE = """\
table inet stax_silence {
    chain in { type filter hook prerouting priority -500; drop; }
    chain out { type filter hook output priority -500; drop; }
}
"""


def silence(name: str) -> None:
    """Let nothing in or out: whoever was in it is gone, and its kernel would forward and answer on."""
    if exists(name):
        run(("ip", "netns", "exec", name, "nft", "--file", "-"), given=_SILENCE)


def forget(name: str) -> None:
    """Have a namespace as at a boot: no rules, no connections, nothing forwarded."""
    if exists(name):
        inside(name, lambda: _set((("ipv4/ip_forward", "0"),)))
        run(("ip", "netns", "exec", name, "conntrack", "--flush"))
        run(("ip", "netns", "exec", name, "nft", "flush", "ruleset"))


def exists(name: str) -> bool:
    """Whether there is a namespace of that name."""
    return (FOLDER / name).exists()


def identity(name: str) -> Identity | None:
    """Which namespace has that name now; None if there is none."""
    try:
        status = (FOLDER / name).stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def inside(name: str, function: Callable[[], _Made]) -> _Made:
    """Call `function` in the namespace and return what it returns.

    A thread belongs to a namespace, not a process, so a thread of its own goes there and ends.
    Sockets opened there stay there, whoever uses them.
    """

    def visit() -> _Made:
        _enter(name)
        return function()

    return _in_a_thread(f"inside {name}", visit)


def _in_a_thread(what: str, function: Callable[[], _Made]) -> _Made:
    outcome: list[_Made] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=work, name=what)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _enter(name: str) -> None:
    try:
        descriptor = os.open(FOLDER / name, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise KernelError(f"there is no network namespace {name}") from error
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise KernelError(f"cannot enter network namespace {name}: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(descriptor)


def _set(settings: Iterable[tuple[str, str]]) -> None:
    for key, value in settings:
        path = Path("/proc/sys/net", key)
        if path.exists() or not key.startswith("ipv6/"):  # a kernel without IPv6 has none to turn off
            path.write_text(value)
