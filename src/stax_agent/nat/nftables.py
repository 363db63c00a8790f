"""The kernel's packet rules, by netlink: hearing that somebody changed them, and a table that nobody else can flush.

The numbers are those of linux/netfilter/nf_tables.h.
"""

import errno
import os
import select
import socket
import struct
from ipaddress import IPv4Network

from stax_agent.nat.netlink import NETLINK_NETFILTER, attribute, messages, nest, number

_NFTABLES = 10
_NEW_TABLE, _NEW_CHAIN, _NEW_RULE = (_NFTABLES << 8 | each for each in (0, 3, 6))
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_REQUEST, _ACK, _CREATE, _APPEND = 0x1, 0x4, 0x400, 0x800
_GROUP_OF_RULES = 1 << 6
"""The multicast group NFNLGRP_NFTABLES, as a bit of an address."""

_OWNED = 2
_LOCAL_OUT, _FIRST = 3, 0xFFFFFE70
"""The hook of what the box itself sends, at priority -400: before everybody else's."""
_REGISTER, _VERDICT, _DROP = 1, 0, 0
_NETWORK, _TRANSPORT = 1, 2
_L4_PROTOCOL = 16
_EQUAL, _NOT_EQUAL = 0, 1
_TCP, _ICMP, _RESET = 6, 1, 4
_PORT_UNREACHABLE = bytes([3, 3])

_ANSWERS = 4
"""To the table, the chain and two rules."""
_TABLE, _CHAIN = b"stax_nat_guard\0", b"no_resets\0"


class RuleChanges:
    """Hears that somebody changed some rule of this network namespace.  One thread uses it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self._socket.bind((0, _GROUP_OF_RULES))
        self._socket.setblocking(False)

    def wait(self, within_s: float) -> bool:
        """Wait for the next change; False when none came in time."""
        if not select.select([self._socket], [], [], within_s)[0]:
            return False
        while True:
            try:
                self._socket.recv(1 << 16)
            except BlockingIOError:
                return True
            except OSError as error:
                # That some were lost says as much as they would have.
                if error.errno != errno.ENOBUFS:
                    raise

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


class Guard:
    """Keeps the box from refusing what it does not know while its rules are gone.

    Without them, what comes for open connections is the box's own: its kernel would answer with resets, and end
    them all before the rules are back.  The table belongs to this object's socket, so `nft flush ruleset` passes
    over it, and it goes when the process does.
    """

    def __init__(self, vpc: str) -> None:
        """Put it up.  Raises OSError when the kernel will not have it: before Linux 5.12 no table has an owner."""
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self._socket.settimeout(2.0)
        self._socket.bind((0, 0))
        self._socket.send(guard_request(IPv4Network(vpc)))
        for _ in range(_ANSWERS):
            ((_, body),) = messages(memoryview(self._socket.recv(1 << 16)))
            if refusal := -int(struct.unpack_from("i", body)[0]):
                self._socket.close()
                raise OSError(refusal, os.strerror(refusal))

    def close(self) -> None:
        """Take it away."""
        self._socket.close()


def guard_request(vpc: IPv4Network) -> bytes:
    """Return the batch of messages that makes the guard."""
    named = attribute(1, _TABLE)
    hook = nest(4, number(1, _LOCAL_OUT), number(2, _FIRST))
    # From the box's own addresses to beyond the VPC: what the box says in another's name goes out.
    beyond = _matches_network(12, vpc, _EQUAL) + _matches_network(16, vpc, _NOT_EQUAL)
    flag = bytes([_RESET])
    resets = _protocol(_TCP) + _loaded(_TRANSPORT, 13, 1) + _masked(flag) + _compared(_EQUAL, flag)
    refusals = _protocol(_ICMP) + _loaded(_TRANSPORT, 0, 2) + _compared(_EQUAL, _PORT_UNREACHABLE)
    made = (
        _message(_NEW_TABLE, _ACK | _CREATE, named + number(2, _OWNED)),
        _message(_NEW_CHAIN, _ACK | _CREATE, named + attribute(3, _CHAIN) + hook + attribute(7, b"filter\0")),
        *(_rule(beyond + each) for each in (resets, refusals)),
    )
    begin, end = (_message(each, 0, b"", _NFTABLES) for each in (_BATCH_BEGIN, _BATCH_END))
    return begin + b"".join(made) + end


def _message(kind: int, flags: int, body: bytes, resource: int = 0) -> bytes:
    whole = struct.pack("!BBH", socket.AF_INET, 0, resource) + body
    return struct.pack("IHHII", len(whole) + 16, kind, _REQUEST | flags, 0, 0) + whole


def _rule(expressions: bytes) -> bytes:
    dropped = _expression(b"immediate", number(1, _VERDICT), nest(2, nest(2, number(1, _DROP))))
    body = attribute(1, _TABLE) + attribute(2, _CHAIN) + nest(4, expressions, dropped)
    return _message(_NEW_RULE, _ACK | _CREATE | _APPEND, body)


def _matches_network(offset: int, network: IPv4Network, how: int) -> bytes:
    mask, address = network.netmask.packed, network.network_address.packed
    return _loaded(_NETWORK, offset, 4) + _masked(mask) + _compared(how, address)


def _protocol(wanted: int) -> bytes:
    return _expression(b"meta", number(1, _REGISTER), number(2, _L4_PROTOCOL)) + _compared(_EQUAL, bytes([wanted]))


def _loaded(header: int, offset: int, length: int) -> bytes:
    return _expression(b"payload", number(1, _REGISTER), number(2, header), number(3, offset), number(4, length))


def _masked(mask: bytes) -> bytes:
    registers = number(1, _REGISTER) + number(2, _REGISTER) + number(3, len(mask))
    return _expression(b"bitwise", registers, nest(4, attribute(1, mask)), nest(5, attribute(1, bytes(len(mask)))))


def _compared(how: int, value: bytes) -> bytes:
    return _expression(b"cmp", number(1, _REGISTER), number(2, how), nest(3, attribute(1, value)))


def _expression(name: bytes, *attributes: bytes) -> bytes:
    return nest(1, attribute(1, name + b"\0"), nest(2, *attributes))
