"""Disturbances act at once, on whom they name, and end without a trace."""

import socket
from dataclasses import dataclass

import pytest
from tests.accounts import ALL
from tests.lab import Lab

from stax_local.kernel.delay_abilities import lacking_for_delays
from stax_local.kernel.namespaces import inside
from stax_local.network.weather import CALM, Disturbance, Weather

A, B = "10.183.0.10", "10.183.1.10"


@dataclass
class Pair:
    """Two machines that echo, in two zones."""

    lab: Lab
    a: str
    b: str

    def weather(self, *disturbances: Disturbance) -> None:
        self.lab.weather = Weather(disturbances)
        self.lab.settle()

    def reach(self) -> bool:
        return self.lab.udp(self.lab.machine(self.a), B, 7)


@pytest.fixture
def pair(lab: Lab) -> Pair:
    account = lab.account
    vpc = account.vpc()
    table, group = account.route_table(vpc), account.group(vpc, ALL)
    a, _ = account.machine(account.subnet(table, "10.183.0.0/24", "us-east-1a"), A, group)
    b, _ = account.machine(account.subnet(table, "10.183.1.0/24", "us-east-1b"), B, group)
    lab.settle()
    lab.echo(lab.machine(b), B, 7)
    return Pair(lab, a, b)


@pytest.mark.parametrize("source", ["machine", "zone", "any"])
def test_a_cut_lets_nothing_through_until_it_is_healed(pair: Pair, source: str) -> None:
    pair.weather(Disturbance({"machine": pair.a, "zone": "us-east-1a", "any": "any"}[source], pair.b, 100))
    assert not pair.reach()

    pair.lab.weather = CALM
    pair.lab.settle()
    assert pair.reach()


def test_a_cut_of_the_way_back_is_enough(pair: Pair) -> None:
    pair.weather(Disturbance(pair.b, pair.a, 100))

    assert not pair.reach()


def test_a_lossy_way_loses_some(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, 50))

    done = pair.lab.run(pair.lab.machine(pair.a), "ping", "-qc100", "-i0.002", "-W0.4", B)
    received = int(done.stdout.split(" received")[0].rsplit(" ", 1)[1])

    # A fair coin thrown a hundred times lands outside of this once in ten million tests.
    assert 24 <= received <= 76


def _round_trip_ms(pair: Pair, *options: str) -> list[float]:
    said = pair.lab.run(pair.lab.machine(pair.a), "ping", "-n", *options, B).stdout
    return [float(line.split("time=")[1].split()[0]) for line in said.splitlines() if "time=" in line]


def test_a_slow_way_is_late_and_loses_and_reorders_nothing(pair: Pair) -> None:
    if why_not := lacking_for_delays():
        pytest.skip(why_not)
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=150), Disturbance(pair.b, pair.a, delay_ms=50))

    # Many are on their way at once; none may be early, and how late one is depends on how busy this machine is.
    took_ms = _round_trip_ms(pair, "-c50", "-i0.01", "-W10")
    assert len(took_ms) == 50
    assert min(took_ms) >= 200

    pair.weather()
    assert min(_round_trip_ms(pair, "-c5", "-i0.01", "-W10")) < 50


def test_what_is_under_way_arrives_when_the_delay_ends(pair: Pair) -> None:
    if why_not := lacking_for_delays():
        pytest.skip(why_not)
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=60_000))
    with inside(pair.lab.machine(pair.a), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mine:
        mine.sendto(b"x", (B, 7))
        mine.settimeout(0.5)
        with pytest.raises(TimeoutError):
            mine.recv(9)

        pair.weather()

        mine.settimeout(10)
        assert mine.recv(9) == b"x"


def test_without_the_region_nothing_is_late(pair: Pair) -> None:
    if why_not := lacking_for_delays():
        pytest.skip(why_not)
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=60_000))

    pair.lab.slowing.close()

    assert pair.reach()


def test_fair_weather_leaves_nothing_to_do(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, 100))
    pair.weather()

    assert pair.lab.fabric.sweep() == []
