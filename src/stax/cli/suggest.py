"""The nearest right word to a mistyped one."""

from collections.abc import Iterable
from difflib import get_close_matches

_SIMILAR_ENOUGH = 0.6
"""difflib's own cutoff: `crate` finds `create` (0.91), `foo` finds nothing."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most resembles, or None when none does."""
    matches = get_close_matches(word.lower(), list(known), n=1, cutoff=_SIMILAR_ENOUGH)
    return matches[0] if matches else None
