"""The nearest right word to a mistyped one."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that names the nearest word, empty when none is near."""
    near = get_close_matches(word.lower(), list(known), n=3, cutoff=0.6)
    return f": did you mean {' or '.join(near)}?" if near else ""
