"""Names of the world, for those that the region does not know itself."""

from collections.abc import Callable

from stax_local.dns.message import AAAA, NAME_ERROR, A, Answer, Question

AddressesOf = Callable[[str], tuple[str, ...]]
"""The world's addresses of a name; it may take its time."""

_NEVER = (".internal", ".local", ".localhost", ".in-addr.arpa", ".ip6.arpa")
"""What nobody in the world knows, or may know that it was asked for."""

_MOST_RECORDS = 8
"""So that an answer fits into the 512 bytes of a datagram (RFC 1035)."""


def resolve_outside(question: Question, addresses_of: AddressesOf) -> Answer:
    """Answer with a name's IPv4 addresses; of a name that has some, any other question has an empty answer."""
    if question.type not in {A, AAAA} or "." not in question.name or f".{question.name}".endswith(_NEVER):
        return Answer(code=NAME_ERROR)
    found = addresses_of(question.name)
    if not found:
        return Answer(code=NAME_ERROR)
    return Answer(records=found[:_MOST_RECORDS] if question.type == A else ())
