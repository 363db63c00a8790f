"""What stands in the way is told all at once, before anything is made."""

from collections.abc import Generator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from stax.aws.images import Image
from stax.config import Configuration, Surroundings, load
from stax.engine.preflight import Machines, check_surroundings
from stax.errors import Unhealthy
from stax.events import Checked, Event

EXAMPLE = Path(__file__).parents[4] / "config" / "config.json.example"
TYPES = ("t3.micro", "t3.small", "t3.large")
ZONES = [{"ZoneName": "us-east-1a"}, {"ZoneName": "us-east-1b"}]


def image(name: str, created: str) -> dict[str, str]:
    return {"ImageId": f"ami-{name}", "Name": name, "CreationDate": created}


def everywhere(*types: str) -> list[dict[str, str]]:
    return [{"InstanceType": each, "Location": zone["ZoneName"]} for each in types for zone in ZONES]


GOOD: dict[str, Any] = {
    "DescribeAddresses": {"Addresses": []},
    "DescribeVpcs": {"Vpcs": [{}]},
    "DescribeInstances": {"Reservations": []},
    "GetServiceQuota": {"Quota": {"Value": 50.0}},
    "DescribeInstanceTypes": {
        "InstanceTypes": [{"InstanceType": each, "VCpuInfo": {"DefaultVCpus": 2}} for each in TYPES]
    },
    "DescribeAvailabilityZones": {"AvailabilityZones": ZONES},
    "DescribeInstanceTypeOfferings": {"InstanceTypeOfferings": everywhere(*TYPES)},
    "DescribeImages": {"Images": [image("old", "2026-01-01"), image("new", "2026-06-01")]},
}


@pytest.fixture
def configuration() -> Configuration:
    return load(EXAMPLE, surroundings=Surroundings("jo", lambda: IPv4Address("203.0.113.1")))


def told(story: Generator[Event, None, Image]) -> tuple[dict[str, Checked], Image | None]:
    checks: dict[str, Checked] = {}
    while True:
        try:
            event = next(story)
        except StopIteration as end:
            return checks, end.value
        except Unhealthy:
            return checks, None
        if isinstance(event, Checked):
            checks[event.subject] = event


def test_when_all_is_well_the_newest_image_is_chosen(account_with: Any, configuration: Configuration) -> None:
    checks, chosen = told(check_surroundings(account_with(**GOOD), configuration, is_new=True))

    assert chosen is not None
    assert chosen.image_id == "ami-new"
    assert all(check.ok for check in checks.values())


def test_everything_that_stands_in_the_way_is_told_at_once(account_with: Any, configuration: Configuration) -> None:
    bad = GOOD | {
        "GetServiceQuota": {"Quota": {"Value": 1.0}},
        "DescribeInstanceTypeOfferings": {"InstanceTypeOfferings": everywhere("t3.small", "t3.large")},
        "DescribeImages": {"Images": []},
    }

    checks, chosen = told(check_surroundings(account_with(**bad), configuration, is_new=True))

    assert chosen is None
    assert {subject for subject, check in checks.items() if not check.ok} == {
        "Elastic IPs",
        "VPCs",
        "vCPUs",
        "t3.micro",
        "image",
    }
    assert all(check.hint for check in checks.values() if not check.ok)


def test_a_quota_that_cannot_be_read_is_no_obstacle(account_with: Any, configuration: Configuration) -> None:
    account = account_with(**GOOD | {"GetServiceQuota": "AccessDenied"})

    checks, chosen = told(check_surroundings(account, configuration, is_new=True))

    assert chosen is not None
    assert "cannot be read" in checks["Elastic IPs"].finding


def test_a_stax_that_is_there_already_needs_no_quota(account_with: Any, configuration: Configuration) -> None:
    account = account_with(**GOOD | {"GetServiceQuota": {"Quota": {"Value": 0.0}}})

    checks, chosen = told(check_surroundings(account, configuration, is_new=False))

    assert chosen is not None
    assert "Elastic IPs" not in checks


def test_a_region_with_one_zone_is_refused(account_with: Any, configuration: Configuration) -> None:
    account = account_with(**GOOD | {"DescribeAvailabilityZones": {"AvailabilityZones": ZONES[:1]}})

    checks, chosen = told(check_surroundings(account, configuration, is_new=True))

    assert chosen is None
    assert "two are needed" in checks["zones"].finding


def test_machines_of_one_type_are_counted_together(configuration: Configuration) -> None:
    assert Machines.of(configuration).counts == {"t3.micro": 1, "t3.small": 2, "t3.large": 3}


def test_the_refusal_itself_names_what_stands_in_the_way(account_with: Any, configuration: Configuration) -> None:
    story = check_surroundings(account_with(**GOOD | {"DescribeImages": {"Images": []}}), configuration, is_new=True)

    with pytest.raises(Unhealthy, match="image: ") as refused:
        list(story)

    assert refused.value.hint
