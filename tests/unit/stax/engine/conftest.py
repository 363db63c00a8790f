from dataclasses import dataclass, field

import pytest


@dataclass
class TurningClock:
    """A clock that moves only when somebody sleeps."""

    now_s: float = 0.0
    slept_s: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock() -> TurningClock:
    return TurningClock()
