"""What is expected to fail now and then: told, waited out, tried again."""

import random
import sys
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


class Setback(Exception):  # noqa: N818 - not an error: what the agent does about it is to try again
    """Something outside did not do as hoped: one line, and AWS's code where there is one."""

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.code = code


def say(text: str) -> None:
    """Write one line for the journal: a change, never a repetition."""
    print(text, file=sys.stderr, flush=True)


def until_it_works(
    attempt: Callable[[], T], *, sleep: Callable[[float], None] = time.sleep, say: Callable[[str], None] = say
) -> T:
    """Repeat an attempt until it works, ever more slowly; each try is bounded by what it calls.

    A setback is told once; the same setback again is silence.
    """
    pause_s, told = FIRST_PAUSE_S, ""
    while True:
        try:
            return attempt()
        except Setback as setback:
            if str(setback) != told:
                told = str(setback)
                say(f"not yet, trying on: {told}")
        # Jitter: all hosts of a cluster boot at the same moment, and should not ask at the same moment.
        sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
