"""Disturbances act at once, on whom they name, and end without a trace."""

from dataclasses import dataclass

import pytest
from tests.accounts import ALL
from tests.lab import Lab

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


def test_fair_weather_leaves_nothing_to_do(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, 100))
    pair.weather()

    assert pair.lab.fabric.sweep() == []
