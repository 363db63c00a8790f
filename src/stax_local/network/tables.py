"""nft tables as text: sets and maps, and names by which a text is known."""

import hashlib
from collections.abc import Iterable


def elements(kind: str, name: str, key: str, listed: Iterable[str]) -> str:
    """A set or map; an empty one must not mention its elements at all."""
    text = ", ".join(listed)
    return f"{kind} {name} {{ type {key}; {f'elements = {{ {text} }};' if text else ''} }}"


def versioned(name: str, text: str) -> str:
    """The name of a table with this text: what stands is known by the list of names alone."""
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
