"""What stands for a value until the file is read: @OWNER@ and the like, and what was never filled in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv4Network

from stax.config.keys import DISCOVERY_URL, HTTP_FROM, KEY_NAME, OWNER, SSH_FROM, Key
from stax.config.kinds import Refused
from stax.errors import StaxError

_SHAPE = re.compile(r"@[A-Z][A-Z_]*@")
_UNFINISHED = re.compile(r"<\s*change\s*_?me", re.IGNORECASE)
_UNFINISHED_WORDS = {"todo", "tbd", "fixme", "xxx", "changeme", "change_me"}
# Not IPv4Address.is_private: that counts the documentation's networks too, which do no harm.
_NOT_PUBLIC = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("10.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
)
_KNOWN = (OWNER, KEY_NAME, SSH_FROM, HTTP_FROM, DISCOVERY_URL)


@dataclass(frozen=True)
class Surroundings:
    """What the placeholders stand for here: the login name, and a way to learn one's own public address.

    Without `own_address` (offline) @SSH_FROM@ is left for later.  The look-up raises StaxError.
    """

    login_name: str
    own_address: Callable[[], IPv4Address] | None = None


def is_left_for_later(key: Key, text: str, surroundings: Surroundings) -> bool:
    """Tell whether the value can only be known when the stax is made."""
    if text != key.placeholder:
        return False
    return text == KEY_NAME or (text == SSH_FROM and surroundings.own_address is None)


def fill_in(key: Key, text: str, surroundings: Surroundings) -> str:
    """Return the text with its placeholders filled in; raises Refused for what cannot be."""
    if _UNFINISHED.search(text) or text.strip().lower() in _UNFINISHED_WORDS:
        raise Refused("still to be filled in")
    for placeholder in _SHAPE.findall(text):
        if placeholder not in _KNOWN:
            near = get_close_matches(placeholder, _KNOWN, n=1)
            raise Refused(f"{placeholder} is no placeholder", nearest=near[0] if near else "")
        if placeholder != key.placeholder:
            raise Refused(f"{placeholder} cannot stand here")
    if text == SSH_FROM:
        return _own_network(surroundings)
    return text.replace(OWNER, surroundings.login_name)


def _own_network(surroundings: Surroundings) -> str:
    if surroundings.own_address is None:
        raise Refused("cannot be looked up offline")
    # Never widened, never guessed: who cannot be told where they are has to write it down.
    instead = "write your address, such as 198.51.100.7/32"
    try:
        address = surroundings.own_address()
    except StaxError as error:
        raise Refused(f"{error.message}; {instead}") from error
    if address.is_multicast or any(address in network for network in _NOT_PUBLIC):
        raise Refused(f"your public address was looked up as {address}, which is no public one; {instead}")
    return f"{address}/32"
