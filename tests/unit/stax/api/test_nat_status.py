"""How the pair is, by AWS's word and by the boxes' own."""

from datetime import UTC, datetime

import pytest

from stax.api.nat_status import nat_status
from stax.engine.site import Site
from stax.model.nat import NatStatus

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def status(pair, tmp_path):
    def look() -> NatStatus:
        return nat_status(Site(pair, tmp_path), "demo", now=lambda: NOW)

    return look


def test_a_pair_that_is_well_has_nothing_to_find(status):
    found = status()

    assert found.findings == ()
    assert found.is_sound
    assert [(zone.carried_by, zone.public_ip, zone.because) for zone in found.zones] == [
        ("nat1", "203.0.113.1", "it is here"),
        ("nat2", "203.0.113.2", "it is here"),
    ]


def test_a_zone_that_is_stood_in_for_is_found_and_is_sound(pair, status):
    pair.route[1] = pair.address[1] = "nat2"

    assert status().findings == ("nat2 carries private subnet 1 for nat1",)
    assert status().is_sound


def test_a_zone_whose_route_and_address_part_is_half_moved(pair, status):
    pair.route[1] = "nat2"

    assert "half moved: its route leads to nat2, its address 203.0.113.1 to nat1" in status().findings[0]
    assert not status().is_sound


def test_a_zone_without_a_default_route_has_no_way_out(pair, status):
    pair.route[1] = ""

    assert status().findings[0] == "private subnet 1 has no way out: its default route is missing"
    assert not status().is_sound


@pytest.mark.parametrize(
    ("ago_s", "said", "finding"),
    [
        (140, "well", ()),
        (160, "silent", ("nat1 has not reported for 160 s",)),
    ],
)
def test_a_box_is_silent_when_reports_are_missing(pair, status, ago_s, said, finding):
    pair.says(1, "well", ago_s=ago_s)

    assert status().box("nat1").says == said
    assert status().findings == finding


def test_an_unfit_box_says_why(pair, status):
    pair.says(1, "unfit", reason="ip_forward is 0")

    assert status().findings == ("nat1 says that it is unfit: ip_forward is 0",)
    assert not status().is_sound


def test_a_drained_box_is_told_and_no_illness(pair, status):
    pair.says(1, "draining", reason="drained by the operator")

    assert status().findings == ("nat1 says that it is draining: drained by the operator",)
    assert status().is_sound


def test_the_report_of_a_machine_that_is_gone_says_nothing_of_its_successor(pair, status):
    pair.says(1, instance_id="i-before")

    assert status().box("nat1").says == "unknown"
    assert status().findings == ("nat1 has not reported yet",)


@pytest.mark.parametrize("garbage", ["", "[]", "{}", '{"at": "yesterday"}', "null"])
def test_a_report_that_is_none_is_none(pair, status, garbage):
    pair.reports[1] = garbage

    assert status().box("nat1").says == "unknown"


def test_a_machine_that_is_gone_is_missing_and_its_interface_still_carries(pair, status):
    pair.state["nat1"] = "missing"

    assert status().zones[0].carried_by == "nat1"
    assert "nat1 is missing" in status().findings
