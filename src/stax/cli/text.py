"""How values read on a screen: durations, moments, ages, and words from elsewhere made harmless."""

import unicodedata
from datetime import UTC, datetime

_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories that move the cursor, reorder the line or cannot be encoded: shown as escapes."""


def printable(text: str, *, most: int = 1000) -> str:
    """Return `text` on one line, with control characters as escapes, cut after `most` characters.

    Names, reasons and tags come from elsewhere; none of them may steer the terminal.
    """
    shown = "".join(_escaped(character) for character in text[:most])
    return shown if len(text) <= most else shown + "…"


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    if character == "\n":
        return " "
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def duration(seconds: float) -> str:
    """Return a length of time as `0.4 s`, `12 s`, `3 min 20 s`, `5 h 2 min` or `12 d 4 h`."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    for size, unit, smaller_size, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller_size
            return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def age(since: datetime, now: datetime) -> str:
    """Return how long ago `since` was, coarsely: `45 s`, `12 min`, `5 h`, `3 d`."""
    seconds = max((now - since).total_seconds(), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def moment(at: datetime) -> str:
    """Return a moment in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
