"""EC2 does not answer, refuses, or says what was not hoped.  The numbers are those of the cases in docs/nat.md."""

import time
from typing import Any

import pytest
from tests.nat_lab import NatLab, eventually


def refused(lab: NatLab, box: int) -> int:
    """How many calls of the box were throttled."""
    errors = lab.status(box)["api_errors"]
    return sum(times for what, times in errors.items() if "RequestLimitExceeded" in what)


def test_a_write_that_is_throttled_succeeds_in_the_end(pair: NatLab) -> None:
    """Case 6."""
    pair.faults({"kind": "throttle", "operation": "ReplaceRoute"})
    pair.power_cut(1)
    eventually(lambda: refused(pair, 2) >= 3)
    assert pair.carrier(1) == 1
    assert "zone 1 is not here: ec2:ReplaceRoute is refused: RequestLimitExceeded" in pair.journal("nat2")

    pair.faults()

    eventually(lambda: pair.carrier(1) == 2)
    eventually(lambda: pair.called_from(1) == pair.public[1])


def test_of_two_writes_the_one_that_fails_is_repeated(pair: NatLab) -> None:
    """Case 8: the route is here at once, the address is asked for again."""
    pair.faults({"kind": "throttle", "operation": "AssociateAddress"})
    pair.power_cut(1)
    eventually(lambda: pair.carrier(1) == 2)
    eventually(lambda: refused(pair, 2) >= 2)

    pair.faults()

    eventually(lambda: pair.called_from(1) == pair.public[1])


def test_an_api_that_does_not_answer_stops_nothing(pair: NatLab) -> None:
    """Case 7: the loop lives, nothing is believed done, and it is done when EC2 answers again."""
    pair.faults({"kind": "blackhole", "service": "ec2"})
    pair.power_cut(1)
    eventually(lambda: "zone 1 is not here" in pair.journal("nat2"))
    assert pair.carrier(1) == 1
    assert pair.status(2)["zones"]["1"]["route"] == "peer"
    assert pair.called_from(2) == pair.public[2]
    written_at_s = (pair.state(2) / "status.json").stat().st_mtime
    eventually(lambda: (pair.state(2) / "status.json").stat().st_mtime > written_at_s)

    pair.faults()

    eventually(lambda: pair.carrier(1) == 2)


def test_an_api_that_is_slow_is_waited_for_no_longer_than_it_may_be(pair: NatLab) -> None:
    """Answers of 6 s are given up at 2; what they did is seen when EC2 is asked again."""
    pair.faults({"kind": "latency", "latency_ms": 6000, "operation": "ReplaceRoute"})
    pair.power_cut(1)

    eventually(lambda: pair.carrier(1) == 2)
    eventually(lambda: pair.called_from(1) == pair.public[1])


def test_a_right_that_is_missing_is_told_by_name_and_nothing_else_is_tried(pair: NatLab) -> None:
    """Case 20: what is refused is said with what mends it, and asked for again; nothing else stands in for it."""
    pair.faults(*({"kind": "deny", "operation": each} for each in ("ReplaceRoute", "AssociateAddress")))
    pair.power_cut(1)

    eventually(lambda: "ec2:ReplaceRoute is refused: UnauthorizedOperation" in pair.journal("nat2"))
    assert "the NAT boxes' role lacks a right it was made with; update the stack" in pair.journal("nat2")
    assert pair.carrier(1) == 1
    assert pair.status(2)["api_calls"].keys() == {
        "DescribeRouteTables", "DescribeAddresses", "ReplaceRoute", "AssociateAddress",
    }  # fmt: skip
    assert pair.called_from(2) == pair.public[2]

    pair.faults()

    eventually(lambda: pair.carrier(1) == 2)
    eventually(lambda: pair.called_from(1) == pair.public[1])


def test_a_missing_default_route_is_told_with_the_command_that_mends_it(pair: NatLab) -> None:
    """Case 9: nobody writes what is not there, and whoever puts it back finds it kept."""
    before = [pair.status(box)["moves"] for box in (1, 2)]
    pair.ec2.delete_route(RouteTableId=pair.tables[1], DestinationCidrBlock="0.0.0.0/0")
    try:
        eventually(lambda: "ALARM zone 1 (its own): leave it: it has no default route" in pair.journal("nat1"))
        assert "aws ec2 create-route --route-table-id " + pair.tables[1] in pair.journal("nat1")
    finally:
        pair.ec2.create_route(
            RouteTableId=pair.tables[1], DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=pair.interfaces[1]
        )
    pair.settle()
    assert [pair.status(box)["moves"] for box in (1, 2)] == before


@pytest.mark.parametrize(
    "fault", [{"kind": "throttle"}, {"kind": "blackhole", "service": "ssm"}], ids=["refused", "no key from SSM"]
)
def test_a_box_whose_look_ups_fail_at_its_start_does_nothing(pair: NatLab, fault: dict[str, Any]) -> None:
    """Case 10: no keys, no site, no answer; its zone's connections flow on."""
    pair.faults(fault, box=1)
    pair.restart_agent(1)
    eventually(lambda: "not yet, trying on" in pair.journal("nat1"))
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        assert (pair.carrier(1), pair.carrier(2)) == (1, 2)
        time.sleep(0.1)
    assert pair.called_from(1) == pair.public[1]

    pair.faults()
    pair.settle()
