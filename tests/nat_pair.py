"""The NAT pair at work, for the cases of docs/nat.md: what each begins with, and what is mended after it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.nat_lab import NatLab, Traffic, eventually

PATIENCE_S = 60.0
WATCHED_S = 3.0
"""Fifteen times what a lost peer takes to be acted on."""


@contextmanager
def agents_at_work(home: Path) -> Iterator[NatLab]:
    """One region with a stax's network, both agents and a canary in each zone, for as many cases as there are."""
    made = NatLab(home)
    try:
        made.start_all()
        yield made
    finally:
        made.close()


@contextmanager
def settled(lab: NatLab) -> Iterator[NatLab]:
    """Each box carries its own zone when a case begins; what it has spoilt is mended after it."""
    lab.settle()
    try:
        yield lab
    finally:
        mend(lab)


@contextmanager
def traffic_of(lab: NatLab) -> Iterator[Traffic]:
    """Connections of every kind from the first zone."""
    made = Traffic(lab)
    try:
        yield made
    finally:
        made.close()


def mend(lab: NatLab) -> None:
    lab.faults()
    lab.weather()
    for zone in (1, 2):
        (lab.state(zone) / "drain").unlink(missing_ok=True)
        if zone in lab.dark:
            lab.power_on(zone)
        lab.prepare(zone)
        # A life anew, so that no case waits for what the one before has taught about flapping.
        if f"nat{zone}" not in lab.processes or lab.carrier(zone) != zone:
            lab.restart_agent(zone)


def carried_by(lab: NatLab, box: int, *, zone: int = 1) -> None:
    """Wait until the box carries the zone, under the zone's own public address."""
    eventually(lambda: lab.carrier(zone) == box)
    eventually(lambda: lab.called_from(zone) == lab.public[zone])


def all_go_on(traffic: Traffic) -> None:
    """Whatever was open does what it is for, if need be after a while."""
    account = traffic.account(PATIENCE_S)

    assert "\n".join(account["why"]) == ""


def stays(lab: NatLab, *, for_s: float = WATCHED_S) -> bool:
    """Whether each box carries its own zone all the time."""
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline:
        if (lab.carrier(1), lab.carrier(2)) != (1, 2):
            return False
        time.sleep(0.1)
    return [lab.status(box)["moves"] for box in (1, 2)] == lab.moves_before
