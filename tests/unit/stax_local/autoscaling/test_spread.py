"""Which machine goes next."""

from typing import Any

import pytest
from tests.unit.stax_local.autoscaling.test_decide import group, member

from stax_local.autoscaling.spread import subnets_for, victims


def test_machines_alternate_between_empty_zones() -> None:
    assert subnets_for(group(), [], 3) == ["subnet-a", "subnet-b", "subnet-a"]


def test_the_fullest_zone_gives_first() -> None:
    members = [member(0), member(2), member(1)]

    (victim,) = victims(group(), members, 1)

    assert victim.availability_zone == "us-east-1a"


@pytest.mark.parametrize(
    ("policy", "goes"), [("OldestInstance", "i-0"), ("NewestInstance", "i-2"), ("OldestLaunchTemplate", "i-2")]
)
def test_the_policy_chooses_within_the_zone(policy: str, goes: str) -> None:
    def made(number: int, version: str) -> Any:
        return member(number, launched_at=float(number), launch_template={"Version": version})

    (victim,) = victims(group(termination_policies=(policy,)), [made(0, "7"), made(2, "3")], 1)

    assert victim.instance_id == goes


def test_the_protected_stay_even_when_too_few_can_go() -> None:
    members = [member(0, protected=True), member(1), member(2, protected=True)]

    assert [victim.instance_id for victim in victims(group(), members, 3)] == ["i-1"]
