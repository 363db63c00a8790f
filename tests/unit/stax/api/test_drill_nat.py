"""What a drill is going to do, and what it refuses to do."""

from dataclasses import replace

import pytest

from stax.api.drill_nat import DrillRequest, prepare
from stax.engine.site import Site
from stax.errors import NotFound, Unhealthy, UsageError
from stax.model.drill import DrillKind


@pytest.fixture
def site(pair, tmp_path):
    for number in (1, 2):
        pair.says(number, ago_s=-(10**9))
    return Site(pair, tmp_path)


def test_where_a_region_cuts_power_the_plan_is_a_rehearsal(pair, site):
    pair.endpoint = replace(pair.endpoint, chaos_command="chaos", test_server="one.example.com")

    plan = prepare(site, DrillRequest(name="demo"))

    assert (plan.box, plan.peer, plan.zone, plan.host, plan.target) == (
        "nat1",
        "nat2",
        1,
        "docker1",
        "one.example.com:7",
    )
    assert plan.is_rehearsal
    assert plan.means == "nat1's power is cut, and given back"


def test_on_aws_the_box_is_stopped_and_the_target_is_its_own(site):
    plan = prepare(site, DrillRequest(name="demo", box="nat2"))

    assert (plan.host, plan.target, plan.is_rehearsal) == ("docker2", "s3.eu-west-1.amazonaws.com:443", False)
    assert plan.means == "nat2 is stopped by force, and started"


@pytest.mark.parametrize("kind", DrillKind)
def test_every_kind_says_how_it_breaks_and_mends(site, kind):
    means = prepare(site, DrillRequest(name="demo", kind=kind)).means

    assert means.startswith("nat1")
    assert ", and " in means


def test_a_pair_that_is_not_well_is_not_drilled(pair, site):
    pair.route[2] = pair.address[2] = "nat1"

    with pytest.raises(Unhealthy, match="not fit for a drill: nat1 carries private subnet 2 for nat2"):
        prepare(site, DrillRequest(name="demo"))


def test_a_zone_without_a_docker_host_cannot_be_measured(pair, site):
    pair.hosts_in = ("b", "b")

    with pytest.raises(NotFound, match="no docker host behind nat1"):
        prepare(site, DrillRequest(name="demo"))


def test_what_is_no_nat_box_is_refused(site):
    with pytest.raises(UsageError, match="no NAT box 'nat0'"):
        prepare(site, DrillRequest(name="demo", box="nat0"))
