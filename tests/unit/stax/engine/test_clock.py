"""Waiting: soon at first, never slower than every 5 s, and bounded."""

from typing import Any

from stax.engine.clock import Stopwatch, SystemClock


def test_a_wait_ends_when_its_time_is_up(clock: Any) -> None:
    stopwatch = Stopwatch(clock, 60)

    while not stopwatch.is_over:
        stopwatch.pause()

    assert 60 <= stopwatch.elapsed_s < 66


def test_the_end_of_anything_is_seen_at_most_a_tenth_later_than_it_came(clock: Any) -> None:
    stopwatch = Stopwatch(clock, 600)
    while not stopwatch.is_over:
        before_s = stopwatch.elapsed_s
        stopwatch.pause()
        assert stopwatch.elapsed_s - before_s <= max(0.1, before_s / 10) + 1e-9


def test_nobody_waits_longer_than_five_seconds_for_news(clock: Any) -> None:
    stopwatch = Stopwatch(clock, 3600)
    while not stopwatch.is_over:
        stopwatch.pause()

    assert max(clock.slept_s) == 5.0


def test_the_machines_own_clock_never_goes_back() -> None:
    clock = SystemClock()
    first = clock.monotonic()
    clock.sleep(0)

    assert clock.monotonic() >= first
