"""One region with a stax's network and both agents for all the cases of the NAT pair."""

from collections.abc import Iterator

import pytest
from tests.nat_lab import NatLab


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatLab]:
    made = NatLab(tmp_path_factory.mktemp("home"))
    try:
        made.start_all()
        yield made
    finally:
        made.close()


@pytest.fixture
def pair(shared: NatLab) -> Iterator[NatLab]:
    """Both boxes at work: each carries its own zone.  What a case has spoilt is mended after it."""
    shared.settle()
    try:
        yield shared
    finally:
        mend(shared)


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
