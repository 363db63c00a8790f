"""Disturbances act at once, on whom they name, and end without a trace."""

import os
import signal
import socket
import threading
from dataclasses import dataclass

import pytest
from tests.accounts import ALL
from tests.lab import Lab

from stax_local.desired import World
from stax_local.fabric import Fabric
from stax_local.kernel.namespaces import inside
from stax_local.network.weather import CALM, Disturbance, Weather
from stax_local.process import Process, read_process

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

    def delays(self) -> list[Process]:
        """The processes that hold packets."""
        records = sorted((self.lab.state / "delays").glob("*"))
        return [read_process(record.read_text()) for record in records]

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
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=150), Disturbance(pair.b, pair.a, delay_ms=50))

    # Many are on their way at once; none may be early, and how late one is depends on how busy this machine is.
    took_ms = _round_trip_ms(pair, "-c50", "-i0.01", "-W10")
    assert len(took_ms) == 50
    assert min(took_ms) >= 200

    pair.weather()
    assert min(_round_trip_ms(pair, "-c5", "-i0.01", "-W10")) < 50


def test_jitter_lets_packets_overtake_each_other_and_loses_none(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, jitter_ms=200))

    said = pair.lab.run(pair.lab.machine(pair.a), "ping", "-n", "-c100", "-i0.002", "-W10", B).stdout
    order = [int(line.split("icmp_seq=")[1].split()[0]) for line in said.splitlines() if "time=" in line]

    assert len(order) == 100
    assert order != sorted(order)


def test_a_slow_way_can_be_lossy_too(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, loss_percent=50, delay_ms=100))

    took_ms = _round_trip_ms(pair, "-c100", "-i0.002", "-W2")

    assert 24 <= len(took_ms) <= 76
    assert min(took_ms) >= 100


def test_a_connection_over_a_slow_way_arrives_whole(pair: Pair) -> None:
    """Segments larger than any packet go in, and what comes out is what was sent."""
    sent = os.urandom(3_000_000)
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=20), Disturbance(pair.b, pair.a, delay_ms=20))
    with pair.lab.connected(pair.lab.machine(pair.a), B, 7) as connection:
        connection.settimeout(20)
        sender = threading.Thread(target=connection.sendall, args=(sent,))
        sender.start()
        got = b""
        while len(got) < len(sent) and (more := connection.recv(1 << 16)):
            got += more
        sender.join()

    assert got == sent


def test_what_is_under_way_arrives_when_the_delay_ends(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=60_000))
    with inside(pair.lab.machine(pair.a), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mine:
        mine.sendto(b"x", (B, 7))
        mine.settimeout(0.5)
        with pytest.raises(TimeoutError):
            mine.recv(9)

        pair.weather()

        mine.settimeout(10)
        assert mine.recv(9) == b"x"


def test_a_delay_whose_process_was_killed_is_mended(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=100))
    os.kill(pair.delays()[0].pid, signal.SIGKILL)
    assert not pair.reach()

    assert pair.lab.fabric.sweep() != []

    assert min(_round_trip_ms(pair, "-c3", "-i0.01", "-W10")) >= 100
    assert pair.lab.fabric.sweep() == []


def test_a_delay_outlives_the_region_and_the_next_one_ends_it(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=100))
    held = pair.delays()
    pair.lab.fabric = Fabric(pair.lab.state)

    pair.lab.settle()
    assert pair.delays() == held
    assert min(_round_trip_ms(pair, "-c3", "-i0.01", "-W10")) >= 100

    pair.weather()
    assert not any(process.is_alive() for process in held)
    assert pair.reach()


@pytest.mark.parametrize("how", ["the VPC is deleted", "the region is taken down"])
def test_a_delay_ends_with_its_network(pair: Pair, how: str) -> None:
    pair.weather(Disturbance(pair.a, pair.b, delay_ms=100))
    held = pair.delays()
    assert held

    if how == "the VPC is deleted":
        pair.lab.account.world = World()
        pair.lab.settle()
    else:
        pair.lab.fabric.remove()

    assert not any(process.is_alive() for process in held)
    assert pair.delays() == []


def test_fair_weather_leaves_nothing_to_do(pair: Pair) -> None:
    pair.weather(Disturbance(pair.a, pair.b, 100))
    pair.weather()

    assert pair.lab.fabric.sweep() == []
