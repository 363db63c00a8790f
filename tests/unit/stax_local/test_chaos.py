"""Edits of the weather: one thing on a way at a time, and back to what was."""

from typing import Any

import pytest

from stax_local.chaos import healed, hindered, metadata, sentences, ways

FAIR: dict[str, Any] = {"disturbances": [], "metadata_down": []}


def test_between_two_there_are_two_ways_unless_one_is_asked_for() -> None:
    assert ways("a", "b", one_way=False) == [("a", "b"), ("b", "a")]
    assert ways("a", "b", one_way=True) == [("a", "b")]
    assert ways("us-east-1a", "us-east-1a", one_way=False) == [("us-east-1a", "us-east-1a")]


def test_what_is_healed_is_as_it_was() -> None:
    before = hindered(FAIR, [("c", "d")], loss_percent=20, rate_kbit_s=0)
    between = ways("a", "b", one_way=False)

    assert healed(hindered(before, between, loss_percent=100, rate_kbit_s=0), between) == before


def test_who_is_healed_is_healed_towards_everybody() -> None:
    weather = hindered(FAIR, ways("i-1", "i-2", one_way=False), loss_percent=100)
    weather = hindered(weather, [("us-east-1a", "i-2")], loss_percent=20)

    assert [
        (each["source"], each["target"]) for each in healed(weather, ways("i-1", "any", one_way=False))["disturbances"]
    ] == [("us-east-1a", "i-2")]
    assert healed(weather, ways("any", "any", one_way=False)) == FAIR


def test_what_is_on_one_way_stays_when_another_is_hindered() -> None:
    weather = hindered(FAIR, [("i-1", "i-2")], loss_percent=20)

    assert len(hindered(weather, [("i-1", "any")], loss_percent=100)["disturbances"]) == 2


@pytest.mark.parametrize("who", ["i-1", "internet"])
def test_between_one_and_itself_there_is_no_way(who: str) -> None:
    with pytest.raises(ValueError, match="itself"):
        ways(who, who, one_way=False)


def test_a_way_that_is_hindered_again_is_hindered_as_was_said_last() -> None:
    once = hindered(FAIR, [("a", "b")], loss_percent=20, rate_kbit_s=0)
    twice = hindered(once, [("a", "b")], loss_percent=100, rate_kbit_s=0)

    assert twice["disturbances"] == [{"source": "a", "target": "b", "loss_percent": 100, "rate_kbit_s": 0}]


def test_a_metadata_service_goes_down_once_and_comes_back() -> None:
    down = metadata(metadata(FAIR, "i-1", down=True), "i-1", down=True)

    assert down["metadata_down"] == ["i-1"]
    assert metadata(down, "i-1", down=False) == FAIR


def test_what_is_in_force_is_said_in_sentences() -> None:
    weather = hindered(FAIR, [("i-1", "any")], loss_percent=100, rate_kbit_s=0, delay_ms=0, jitter_ms=0)
    weather = hindered(weather, [("any", "i-1")], loss_percent=12.5, rate_kbit_s=800, delay_ms=250, jitter_ms=0)
    weather = hindered(weather, [("i-1", "i-2")], loss_percent=0, rate_kbit_s=0, delay_ms=0, jitter_ms=50)
    fault = {"kind": "latency", "service": "ec2", "operation": "*", "caller": "*", "latency_ms": 300, "share": 0.5}

    assert sentences(metadata(weather, "i-2", down=True), [fault]) == [
        "cut from i-1 to any",
        "12.5 % loss, at most 800 kbit/s, 250 ms late from any to i-1",
        "0 to 50 ms late from i-1 to i-2",
        "the metadata service does not answer i-2",
        "API latency of 300 ms for 50% of ec2:* by *",
    ]
    assert sentences(FAIR, []) == []
