"""Two NAT boxes with their agents in a region's real network: the cases of a failing box, one after the other."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nat_lab import NatLab, eventually

NO_MOVE_S = 3.0
TAKEN_WITHIN_S = 10.0
BACK_WITHIN_S = 40.0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatLab]:
    made = NatLab(tmp_path_factory.mktemp("home"))
    try:
        made.start_all()
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def _at_work(lab: NatLab) -> None:
    """Each case begins with each box carrying its own zone, and the other's hosts heard."""
    eventually(lambda: (lab.carrier(1), lab.carrier(2)) == (1, 2), within_s=BACK_WITHIN_S)
    eventually(lambda: all(lab.status(box).get("canaries") == "well" for box in (1, 2)), within_s=BACK_WITHIN_S)
    eventually(lambda: all(lab.status(box).get("says") == "well" for box in (1, 2)), within_s=BACK_WITHIN_S)


def stays(lab: NatLab) -> bool:
    deadline = time.monotonic() + NO_MOVE_S
    while time.monotonic() < deadline:
        if (lab.carrier(1), lab.carrier(2)) != (1, 2):
            return False
        time.sleep(0.1)
    return True


def test_a_box_that_lost_power_is_stood_in_for_under_its_own_address(lab: NatLab) -> None:
    lab.power_cut(1)
    eventually(lambda: lab.carrier(1) == 2, within_s=TAKEN_WITHIN_S)
    eventually(lambda: lab.called_from(1) == lab.public[1], within_s=TAKEN_WITHIN_S)

    lab.power_on(1)
    lab.start_agent(1)
    eventually(lambda: lab.carrier(1) == 1, within_s=BACK_WITHIN_S)
    eventually(lambda: lab.called_from(1) == lab.public[1], within_s=TAKEN_WITHIN_S)


def test_boxes_that_cannot_hear_each_other_leave_everything_as_it_is(lab: NatLab) -> None:
    for box in (1, 2):
        peer = lab.address(lab.nats[3 - box])
        rule = f"add table ip deaf; add chain ip deaf in {{ type filter hook prerouting priority -400; }}; add rule ip deaf in ip saddr {peer} drop"  # noqa: E501 - one transaction
        lab.run(lab.nats[box], "nft", rule)
    try:
        assert stays(lab)
        assert "hosts get out through it" in lab.journal("nat2")
    finally:
        for box in (1, 2):
            lab.run(lab.nats[box], "nft", "delete", "table", "ip", "deaf")


def test_a_box_that_does_not_forward_says_why_and_is_stood_in_for(lab: NatLab) -> None:
    lab.run(lab.nats[1], "sysctl", "-qw", "net.ipv4.ip_forward=0")
    try:
        eventually(lambda: lab.carrier(1) == 2, within_s=TAKEN_WITHIN_S)
        eventually(lambda: "ip_forward is 0" in lab.status(2)["peer_reason"])
    finally:
        lab.run(lab.nats[1], "sysctl", "-qw", "net.ipv4.ip_forward=1")


def test_a_box_whose_rules_were_flushed_is_stood_in_for(lab: NatLab) -> None:
    lab.run(lab.nats[1], "nft", "flush", "ruleset")
    eventually(lambda: lab.carrier(1) == 2, within_s=TAKEN_WITHIN_S)
    eventually(lambda: lab.called_from(1) == lab.public[1], within_s=TAKEN_WITHIN_S)


def test_a_source_check_is_seen_by_what_does_not_come_through(lab: NatLab) -> None:
    interface = {"NetworkInterfaceId": lab.interfaces[1]}
    lab.ec2.modify_network_interface_attribute(**interface, SourceDestCheck={"Value": True})
    try:
        eventually(lambda: lab.carrier(1) == 2, within_s=TAKEN_WITHIN_S)
    finally:
        lab.ec2.modify_network_interface_attribute(**interface, SourceDestCheck={"Value": False})


def test_a_killed_agent_on_a_box_that_forwards_moves_nothing(lab: NatLab) -> None:
    lab.end("nat1")
    try:
        assert stays(lab)
    finally:
        lab.start_agent(1)


def test_drained_and_returned(lab: NatLab) -> None:
    drain: Path = lab.state(1) / "drain"
    drain.touch()
    eventually(lambda: lab.carrier(1) == 2, within_s=TAKEN_WITHIN_S)
    assert lab.called_from(1) == lab.public[1]

    drain.unlink()
    eventually(lambda: lab.carrier(1) == 1, within_s=BACK_WITHIN_S)
