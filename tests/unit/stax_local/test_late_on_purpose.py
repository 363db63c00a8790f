"""A delay that the kernel cannot make is refused by name, and changes nothing."""

from pathlib import Path

import pytest

from stax_local import dataplane
from stax_local.dataplane import DataPlane

LATE = {"disturbances": [{"source": "any", "target": "any", "delay_ms": 20}], "metadata_down": []}


def test_where_packets_cannot_be_late_a_delay_is_refused_and_what_was_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataplane, "lacking_for_delays", lambda: "modprobe tun")
    plane = DataPlane(tmp_path)
    before = plane.tell_weather()

    with pytest.raises(ValueError, match="modprobe tun"):
        plane.take_weather(LATE)

    assert plane.tell_weather() == before
    assert not (tmp_path / "weather.json").exists()


def test_where_they_can_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataplane, "lacking_for_delays", lambda: "")
    plane = DataPlane(tmp_path)

    plane.take_weather(LATE)

    assert plane.tell_weather()["disturbances"][0]["delay_ms"] == 20
