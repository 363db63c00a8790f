"""Time and chance, handed in so that a test can own both."""

import hashlib
import random
import string
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event


def _now() -> datetime:
    return datetime.now(UTC)


def _pause(cancelled: Event, seconds: float) -> None:
    cancelled.wait(seconds)


@dataclass(frozen=True)
class Clock:
    """Wall clock for what is shown, monotonic for what is measured, and a pause that a cancellation ends."""

    now: Callable[[], datetime] = _now
    monotonic_s: Callable[[], float] = time.monotonic
    pause: Callable[[Event, float], None] = _pause


@dataclass(frozen=True)
class Chance:
    """Random ids as CloudFormation gives them."""

    source: random.Random = field(default_factory=random.SystemRandom)

    def uuid(self) -> str:
        """Return a random UUID (version 4)."""
        return str(uuid.UUID(int=self.source.getrandbits(128), version=4))


_SUFFIX_LETTERS = string.ascii_letters + string.digits


def suffix_of(*names: str) -> str:
    """Return the twelve characters at the end of a generated physical name.

    They follow from what is being made (one of the names is a random id): an engine that is started again
    calls a resource as the one before it did, and so finds what that one may have left.
    """
    digest = hashlib.sha256("/".join(names).encode()).digest()
    return "".join(_SUFFIX_LETTERS[byte % len(_SUFFIX_LETTERS)] for byte in digest[:12])
