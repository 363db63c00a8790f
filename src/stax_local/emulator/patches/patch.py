"""A set of replacements in moto's classes that can be put on and taken off again.

The functions take `*args, **kwargs` wherever they do not look: moto's response layer calls its
backends positionally in some places and by name in others.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

Replacement = Callable[..., Any]
_ABSENT = object()


def named(original: Replacement, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return the arguments of a call by their names, `self` among them, however they were passed."""
    return dict(inspect.signature(original).bind(*args, **kwargs).arguments)


class Patch:
    """Replacements that belong together; nothing changes until `apply`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._wanted: list[tuple[Any, str, Callable[[Any], Any]]] = []
        self._originals: list[tuple[Any, str, Any]] = []

    def wraps(self, owner: Any, attribute: str) -> Callable[[Replacement], Replacement]:
        """Replace a method of a class (or a function of a module) by one that is given the original first."""

        def register(replacement: Replacement) -> Replacement:
            def around(original: Any) -> Any:
                @functools.wraps(original)
                def call(*args: Any, **kwargs: Any) -> Any:
                    return replacement(original, *args, **kwargs)

                return call

            self._wanted.append((owner, attribute, around))
            return replacement

        return register

    def sets(self, owner: Any, attribute: str, value: Any) -> None:
        """Put `value` in place of the attribute, or add it."""
        self._wanted.append((owner, attribute, lambda _original: value))

    def apply(self) -> None:
        """Put the replacements on; does nothing when they are on."""
        if self._originals:
            return
        for owner, attribute, make in self._wanted:
            inherited = getattr(owner, attribute, _ABSENT)
            self._originals.append((owner, attribute, vars(owner).get(attribute, _ABSENT)))
            setattr(owner, attribute, make(inherited))

    def unapply(self) -> None:
        """Take them off again, last one first."""
        while self._originals:
            owner, attribute, original = self._originals.pop()
            if original is _ABSENT:
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, original)
