"""Time, as a parameter: what waits is handed a clock, and a test hands it one of its own."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """How time passes."""

    def monotonic(self) -> float:
        """Return seconds since some moment; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        ...


class SystemClock:
    """The machine's own."""

    def monotonic(self) -> float:
        """Return the machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


@dataclass
class Stopwatch:
    """How long something has taken, and how long it may."""

    clock: Clock
    limit_s: float
    started_s: float = 0.0

    def __post_init__(self) -> None:
        self.started_s = self.clock.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since it was started."""
        return self.clock.monotonic() - self.started_s

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.elapsed_s >= self.limit_s

    def pause(self, *, shortest_s: float = 0.1, longest_s: float = 5.0) -> None:
        """Sleep a tenth of the time already waited, within the bounds.

        So the end of anything is seen at most a tenth later than it came, whether it takes a
        second (the local region) or ten minutes, and a long wait asks AWS only every 5 s.
        """
        self.clock.sleep(min(longest_s, max(shortest_s, self.elapsed_s / 10)))
