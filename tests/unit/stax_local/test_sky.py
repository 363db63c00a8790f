"""The weather is kept, in force once the kernel has it, and refused by name where a kernel cannot make it."""

import threading
from pathlib import Path

import pytest

from stax_local import sky
from stax_local.network.weather import CALM, Disturbance, Weather
from stax_local.sky import Sky

LATE = {"disturbances": [{"source": "any", "target": "any", "delay_ms": 20}], "metadata_down": []}


def test_where_packets_cannot_be_late_a_delay_is_refused_and_what_was_stays(tmp_path: Path) -> None:
    made = Sky(tmp_path / "weather.json", lambda: "modprobe tun")

    with pytest.raises(ValueError, match="modprobe tun"):
        made.take(LATE)

    assert made.weather == CALM


def test_where_they_can_it_is_taken_and_asked_once(tmp_path: Path) -> None:
    asked = iter([""])
    made = Sky(tmp_path / "weather.json", lambda: next(asked))

    made.take(LATE)
    made.take(LATE)

    assert made.weather == Weather((Disturbance("any", "any", delay_ms=20),))


def test_it_is_kept_over_restarts(tmp_path: Path) -> None:
    before = Sky(tmp_path / "weather.json", lambda: "")
    before.take(LATE)
    before.keep()

    assert Sky(tmp_path / "weather.json", lambda: "").tell()["disturbances"][0]["delay_ms"] == 20


def test_who_waits_waits_for_what_was_said_last(tmp_path: Path) -> None:
    made = Sky(tmp_path / "weather.json", lambda: "")
    before = made.weather
    made.take(LATE)
    made.comes_into_force(before)
    waiter = threading.Thread(target=made.wait)
    waiter.start()
    assert waiter.is_alive()

    made.comes_into_force(made.weather)
    waiter.join(timeout=10)

    assert not waiter.is_alive()


def test_a_kernel_that_does_not_follow_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sky, "COMES_WITHIN_S", 0.01)
    made = Sky(tmp_path / "weather.json", lambda: "")
    made.take(LATE)

    with pytest.raises(TimeoutError, match=r"region\.log says why"):
        made.wait()
