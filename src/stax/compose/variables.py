"""Compose's variables in a text: ${NAME}, ${NAME:-default}, ${NAME:?why}, and $$ for a dollar sign."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<how>:?[-?+])(?P<word>[^}]*))?\}|(?P<wrong>))"
)


class Unresolved(ValueError):  # noqa: N818 - reads as what it says
    """A variable has no value, or is not written as one."""


def resolved(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with its variables replaced; raises Unresolved with what is missing.

    A variable without a value and without a default is refused: an empty image tag or password is never meant.
    """
    return _VARIABLE.sub(lambda found: _value(found, variables), text)


def _value(found: "re.Match[str]", variables: Mapping[str, str]) -> str:
    if found["escaped"]:
        return "$"
    name, how, word = found["plain"] or found["name"], found["how"] or "", found["word"] or ""
    if not name:
        raise Unresolved("a $ that begins no variable; a dollar sign is written $$")
    value = variables.get(name)
    is_there = bool(value) if how.startswith(":") else value is not None
    if how.endswith("+"):
        return word if is_there else ""
    if is_there:
        return value or ""
    if how.endswith("-"):
        return word
    raise Unresolved(word if how.endswith("?") and word else f"the variable {name} is not set")
