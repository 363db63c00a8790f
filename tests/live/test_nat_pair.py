"""The NAT pair's first promises, in a region's real network: one box fails in one way or another, connections go on.

The numbers are those of the cases in docs/nat.md; the others are tried in tests/live/drills/nat.
"""

from collections.abc import Iterator

import pytest
from tests.nat_lab import NatLab, Traffic, eventually
from tests.nat_pair import agents_at_work, all_go_on, carried_by, settled, traffic_of


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatLab]:
    with agents_at_work(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def pair(shared: NatLab) -> Iterator[NatLab]:
    """Both boxes at work."""
    with settled(shared) as ready:
        yield ready


@pytest.fixture
def traffic(pair: NatLab) -> Iterator[Traffic]:
    with traffic_of(pair) as made:
        yield made


def test_a_power_cut_breaks_no_connection_and_the_box_takes_back_its_own(pair: NatLab, traffic: Traffic) -> None:
    """Cases 1, 11, 17: exchanging, receiving, idle, by UDP, bulk both ways."""
    pair.power_cut(1)
    carried_by(pair, 2)
    all_go_on(traffic)

    pair.power_on(1)
    pair.start_agent(1)
    carried_by(pair, 1)
    assert traffic.account()["failed"] == 0


def test_a_drain_and_the_return_break_no_connection(pair: NatLab, traffic: Traffic) -> None:
    """Case 16."""
    drain = pair.state(1) / "drain"
    drain.touch()
    carried_by(pair, 2)
    all_go_on(traffic)

    drain.unlink()
    carried_by(pair, 1)
    all_go_on(traffic)
    assert traffic.account()["failed"] == 0


def test_a_box_that_does_not_forward_says_why_and_is_stood_in_for(pair: NatLab) -> None:
    """Case 3."""
    pair.run(pair.nats[1], "sysctl", "-qw", "net.ipv4.ip_forward=0")

    carried_by(pair, 2)
    eventually(lambda: "ip_forward is 0" in pair.status(2)["peer_reason"])


def test_a_box_whose_rules_were_flushed_puts_them_back(pair: NatLab, traffic: Traffic) -> None:
    """Case 3: the cause is named, and meanwhile its kernel refuses nothing."""
    pair.run(pair.nats[1], "nft", "flush", "ruleset")

    eventually(lambda: "somebody changed the rules" in pair.journal("nat1"))
    carried_by(pair, 1)
    all_go_on(traffic)
    assert "stax_nat" in pair.run(pair.nats[1], "nft", "list", "tables")


def test_an_elastic_ip_that_somebody_took_away_comes_back_and_breaks_no_connection(
    pair: NatLab, traffic: Traffic
) -> None:
    """Case 3."""
    address = pair.ec2.describe_addresses(PublicIps=[pair.public[1]])["Addresses"][0]
    pair.ec2.disassociate_address(AssociationId=address["AssociationId"])

    eventually(lambda: sum(pair.status(box)["moves"] for box in (1, 2)) > sum(pair.moves_before))
    eventually(lambda: pair.called_from(1) == pair.public[1])
    all_go_on(traffic)
