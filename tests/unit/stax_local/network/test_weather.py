"""Bad weather as nft rules, and as its owner writes it."""

from typing import Any

import pytest
from tests.accounts import Account

from stax_local.network.names import device
from stax_local.network.ports import alive_ports
from stax_local.network.weather import (
    CALM,
    Disturbance,
    Weather,
    delays,
    egress_text,
    read_weather,
    weather_text,
)
from stax_local.observed import Delay


class Pair:
    """Two machines in two zones."""

    def __init__(self) -> None:
        self.account = account = Account()
        vpc = account.vpc()
        table = account.route_table(vpc)
        self.a, interface_a = account.machine(account.subnet(table, "10.183.0.0/24", "us-east-1a"), "10.183.0.10")
        self.b, interface_b = account.machine(account.subnet(table, "10.183.1.0/24", "us-east-1b"), "10.183.1.10")
        self.device_a, self.device_b = device("e", interface_a), device("e", interface_b)

    def text(self, *disturbances: Disturbance, metadata_down: tuple[str, ...] = ()) -> str:
        return weather_text(list(alive_ports(self.account.world).values()), Weather(disturbances, metadata_down))


def test_fair_weather_needs_no_table() -> None:
    assert Pair().text() == ""


def test_a_cut_is_one_way() -> None:
    pair = Pair()
    text = pair.text(Disturbance(pair.a, pair.b, 100))

    assert f'iifname {{ "{pair.device_a}" }} oifname {{ "{pair.device_b}" }} drop' in text
    assert f'iifname {{ "{pair.device_b}" }}' not in text


def test_a_zone_means_its_machines_and_any_means_everybody() -> None:
    pair = Pair()

    text = pair.text(Disturbance("us-east-1b", "any", 100))

    everybody = ", ".join(f'"{each}"' for each in sorted([pair.device_a, pair.device_b, "igw"]))
    assert f'iifname {{ "{pair.device_b}" }} oifname {{ {everybody} }} drop' in text


def test_the_internet_is_beyond_the_gateway() -> None:
    pair = Pair()

    assert 'oifname { "igw" } drop' in pair.text(Disturbance(pair.a, "internet", 100))


def test_loss_is_drawn_in_hundredths_of_a_percent() -> None:
    pair = Pair()

    assert "numgen random mod 10000 < 2050 drop" in pair.text(Disturbance(pair.a, pair.b, 20.5))


def test_what_exceeds_a_rate_is_dropped() -> None:
    pair = Pair()

    text = pair.text(Disturbance(pair.a, pair.b, rate_kbit_s=8000))

    assert "limit rate over 1000 kbytes/second burst 50 kbytes drop" in text


def test_what_is_late_is_marked_with_its_delay_the_longest_first() -> None:
    pair = Pair()

    text = pair.text(Disturbance("any", pair.b, 5, delay_ms=20), Disturbance(pair.a, pair.b, delay_ms=300, jitter_ms=1))

    assert text.index(f"meta mark set {300 << 16 | 1:#x}") < text.index(f"meta mark set {20 << 16:#x}")
    assert text.index("drop") < text.index("hook forward priority -9")  # it is lost before it can be late


def test_what_is_marked_goes_to_the_device_of_its_delay_as_it_leaves() -> None:
    pair = Pair()
    weather = Weather((Disturbance(pair.a, "internet", jitter_ms=50),))
    ports = list(alive_ports(pair.account.world).values())

    text = egress_text(ports, weather, has_gateway=True)

    assert delays(ports, weather) == {Delay(0, 50)}
    assert f'devices = {{ "{pair.device_a}", "{pair.device_b}", "igw" }}' in text
    assert 'meta mark 0x32 fwd to "d0j50"' in text


def test_nothing_is_late_among_those_that_are_not_there() -> None:
    pair = Pair()
    ports = list(alive_ports(pair.account.world).values())
    weather = Weather((Disturbance("i-gone", "any", delay_ms=50),))

    assert delays(ports, weather) == frozenset()
    assert egress_text(ports, weather, has_gateway=False) == ""


def test_a_machine_that_does_not_run_has_no_weather() -> None:
    pair = Pair()
    pair.account.state(pair.a, "stopped")

    assert pair.text(Disturbance(pair.a, pair.b, 100), metadata_down=(pair.a,)) == ""


def test_a_metadata_service_that_is_down_is_silent_to_one_machine() -> None:
    pair = Pair()

    text = pair.text(metadata_down=(pair.a,))

    assert f'iifname {{ "{pair.device_a}" }} ip daddr 169.254.169.254 drop' in text


def test_weather_is_read_as_it_is_written() -> None:
    said = {"disturbances": [{"source": "i-1", "target": "any", "loss_percent": 20}], "metadata_down": ["i-2"]}

    assert read_weather(said) == Weather((Disturbance("i-1", "any", 20),), ("i-2",))
    assert read_weather({}) == CALM


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ([], "the weather is an object"),
        ({"storm": []}, "the weather is an object"),
        ({"disturbances": {}}, "are lists"),
        ({"metadata_down": [1]}, "lists instance ids"),
        ({"disturbances": [{"source": "i-1"}]}, "its keys are"),
        ({"disturbances": ["cut"]}, "its keys are"),
        ({"disturbances": [{"source": "a", "target": "b", "loss_percent": 101}]}, "loss_percent is 0 to 100"),
        ({"disturbances": [{"source": "a", "target": "b", "loss_percent": "x"}]}, "its keys are"),
        ({"disturbances": [{"source": "a", "target": "b", "rate_kbit_s": -1}]}, "rate_kbit_s"),
        ({"disturbances": [{"source": "a", "target": "b", "rate_kbit_s": 1.5}]}, "rate_kbit_s"),
        ({"disturbances": [{"source": "a", "target": "b", "delay_ms": 60_001}]}, "delay_ms"),
        ({"disturbances": [{"source": "a", "target": "b", "jitter_ms": -1}]}, "jitter_ms"),
        ({"disturbances": [{"source": "a", "target": "b", "jitter_ms": 0.5}]}, "jitter_ms"),
        ({"disturbances": [{"source": 1, "target": "b"}]}, "loss_percent"),
    ],
)
def test_what_is_no_weather_is_refused_in_words(said: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_weather(said)
