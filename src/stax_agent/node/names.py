"""Names of consul for the containers of this host: the first name server that Docker gives them.

Questions about `.consul` go to this host's consul, which listens on loopback only, where no container reaches it.
All others are refused at once, and Docker asks the next name server, the VPC's: nothing but `.consul` depends on this.
"""

import socket
import struct
from concurrent.futures import ThreadPoolExecutor

from stax_agent.setback import Setback, say

ADDRESS = ("172.17.0.1", 53)
"""Docker's bridge, as daemon.json has it; every container's packets to it come here."""
CONSUL = ("127.0.0.1", 8600)
ANSWERS_WITHIN_S = 2.0
"""A container's resolver waits 4 to 5 s."""
AT_ONCE = 16
LARGEST = 4096
FREEBIND = 15
"""IP_FREEBIND of <linux/in.h>: the bridge may come later than this program."""
_HEADER = struct.Struct(">6H")
_ANSWER, _REFUSED = 0x8000, 5


def name_asked(query: bytes) -> str:
    """Return the name that a query is about, in lower case; raises Setback for what is no query."""
    if len(query) <= _HEADER.size or _HEADER.unpack_from(query)[1] & _ANSWER:
        raise Setback("no query")
    labels, at = [], _HEADER.size
    while at < len(query) and (length := query[at]):
        # Two high bits would be a pointer, which a question has no use for.
        if length > 63 or at + 1 + length > len(query):
            raise Setback("a name that is none")
        labels.append(query[at + 1 : at + 1 + length])
        at += 1 + length
    return b".".join(labels).decode("ascii", "replace").lower()


def refusal(query: bytes) -> bytes:
    """Return the answer that sends the one who asks to the next name server."""
    number, flags, questions, *_ = _HEADER.unpack_from(query)
    end = query.index(0, _HEADER.size) + 5 if questions and 0 in query[_HEADER.size :] else _HEADER.size
    # Kept: the operation and whether recursion is desired.
    flags = _ANSWER | flags & 0x7900 | _REFUSED
    return _HEADER.pack(number, flags, 1 if end > _HEADER.size else 0, 0, 0, 0) + query[_HEADER.size : end]


def answered(query: bytes, consul: tuple[str, int] = CONSUL) -> bytes | None:
    """Return consul's answer, or a refusal; None where there is none: the one who asks tries again."""
    try:
        name = name_asked(query)
    except Setback:
        return None
    if name != "consul" and not name.endswith(".consul"):
        return refusal(query)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.settimeout(ANSWERS_WITHIN_S)
        try:
            there.connect(consul)
            there.send(query)
            return there.recv(LARGEST)
        except OSError:
            return None


def serve_names(address: tuple[str, int] = ADDRESS) -> None:
    """Answer for ever."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here, ThreadPoolExecutor(AT_ONCE) as pool:
        here.setsockopt(socket.IPPROTO_IP, FREEBIND, 1)
        here.bind(address)
        say(f"names: answers for .consul on {address[0]}")
        while True:
            query, who = here.recvfrom(LARGEST)
            pool.submit(_answer, here, query, who)


def _answer(here: socket.socket, query: bytes, who: tuple[str, int]) -> None:
    answer = answered(query)
    if answer is not None:
        here.sendto(answer, who)
