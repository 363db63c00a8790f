"""How the pair reads on the screen."""

from datetime import UTC, datetime, timedelta

import pytest

from stax.cli.nat_tables import carried_lines, change_line, event_line, show_nat_events, show_nat_status
from stax.model.nat import NatBox, NatChange, NatEvent, NatReport, NatStatus, NatZone

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
MOVED = NatEvent(
    at=NOW, box="nat2", number=3, what="moved", zone=1, why="the peer is lost", seen_ms=-150, called_ms=80,
    verified_ms=120, outage_ms=310, connections=42, tries=2,
)  # fmt: skip


def zone(number: int, carrier: str) -> NatZone:
    return NatZone(
        number=number, own_box=f"nat{number}", route_table_id="rtb-1", carried_by=carrier, route_state="active",
        public_ip=f"203.0.113.{number}", address_carried_by=carrier, since=NOW - timedelta(minutes=5), because="it is",
    )  # fmt: skip


def box(number: int, *, says: str = "well", report: NatReport | None = None) -> NatBox:
    return NatBox(
        name=f"nat{number}", instance_id=f"i-{number}", state="running", private_ip="10.183.1.4",
        public_ip=f"203.0.113.{number}", says=says, report=report, age_s=None if report is None else 3.0,
    )  # fmt: skip


def report(**signals: str) -> NatReport:
    return NatReport(
        box="nat1", instance_id="i-1", at=NOW, every_s=60, says="unfit", reason="ip_forward is 0", carries=(1,),
        zones={}, signals=signals, counters={}, events=(),
    )  # fmt: skip


@pytest.fixture
def shown(new_terminal):
    def show(*findings: str) -> str:
        at = new_terminal()
        boxes = (
            box(1, says="unfit", report=report(egress="well", novelty="3", peer_reason="x")),
            box(2, says="unknown"),
        )
        zones = (zone(1, "nat2"), zone(2, "nat2"))
        it = NatStatus(name="web", region="local", asked_at=NOW, zones=zones, boxes=boxes, findings=findings)
        show_nat_status(it, at)
        text: str = at.stdout.getvalue()
        return text

    return show


def test_a_zone_that_is_stood_in_for_names_both_boxes(shown):
    assert "private1  nat2 for nat1  203.0.113.1" in shown()
    assert "private2  nat2           203.0.113.2" in shown()


def test_a_box_says_why_and_one_without_a_report_is_not_left_out(shown):
    assert "nat1  running  unfit: ip_forward is 0  3.0 s" in shown()
    assert "nat2  running  unknown" in shown()


def test_signals_of_a_later_agent_are_shown_too_and_reasons_are_not_signals(shown):
    assert "novelty" in shown()
    assert "peer_reason" not in shown()


def test_what_is_found_stands_last_and_nothing_found_is_said(shown):
    assert shown("nat1 is gone").endswith("\nnat1 is gone\n")
    assert shown().endswith("\neach box carries its own zone, and all is well\n")


def test_a_move_is_one_line_with_its_times():
    assert event_line(MOVED) == (
        "01-01 12:00:00.000  nat2  carries private subnet 1: the peer is lost "
        "(seen -0.15 s, EC2 done +0.08 s, verified +0.12 s, outage 0.31 s, 42 connections kept, 2 tries)"
    )


def test_a_move_that_failed_says_why_it_was_wanted_and_why_it_failed():
    failed = NatEvent(at=NOW, box="nat2", number=4, what="failed", zone=1, why="the peer is lost", failure="throttled")

    assert event_line(failed).endswith("nat2  could not take private subnet 1: the peer is lost; throttled")


def test_an_event_of_a_later_agent_is_told_by_its_own_word():
    assert "nat1  rested" in event_line(NatEvent(at=NOW, box="nat1", number=1, what="rested"))


def test_a_change_is_one_line():
    change = NatChange(at=NOW, who="nat2", what="peer", before="well", now="lost")

    assert change_line(change) == "01-01 12:00:00.000  nat2  peer: well -> lost"


def test_events_are_a_table(new_terminal):
    at = new_terminal()

    show_nat_events([MOVED], at)

    assert at.stdout.getvalue().splitlines()[1].startswith("01-01 12:00:00.000  nat2  carries private subnet 1  seen")


def test_after_a_drain_it_is_told_who_carries_what():
    it = NatStatus(name="web", region="local", asked_at=NOW, zones=(zone(1, "nat2"),), boxes=())

    assert carried_lines(it) == ["private1  nat2 for nat1  203.0.113.1"]
