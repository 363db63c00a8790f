"""Whether a stax is what it should be, as far as AWS can see."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax.engine.clock import Stopwatch
from stax.engine.health import wait_until_healthy
from stax.errors import Unhealthy
from stax.events import Checked, Warned
from stax.model.stack import Stack

STACK = Stack(
    name="demo",
    stack_id="arn:demo",
    status="CREATE_COMPLETE",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    outputs={
        "Nat1InterfaceId": "eni-1",
        "Nat2InterfaceId": "eni-2",
        "PrivateRouteTable1Id": "rtb-1",
        "PrivateRouteTable2Id": "rtb-2",
        "DockerGroupName": "demo-docker",
    },
)


def ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def instance(machine: str, state: str = "running", age_s: float = 60) -> dict[str, Any]:
    tags = [{"Key": "Name", "Value": f"{machine}-demo"}]
    return {"InstanceId": f"i-{machine}", "State": {"Name": state}, "Tags": tags, "LaunchTime": ago(age_s)}


def report(box: int, *, age_s: float = 1, peer: str = "well", **told: Any) -> dict[str, Any]:
    zone = {"route": "me", "address": "me", "since": "", "because": "why", "moving": False}
    whole = {
        "instance_id": f"i-nat{box}",
        "at": ago(age_s).isoformat(),
        "every_s": 60,
        "says": "well",
        "reason": "",
        "carries": [box],
        "zones": {"1": zone, "2": zone},
        "signals": {"peer": peer},
        "counters": {},
        "events": [],
    }
    return {"Name": f"/stax/demo/nat/{box}", "Value": json.dumps(whole | told)}


def world(
    *, nat1: str = "running", carrier: str = "eni-1", in_service: int = 2, told: dict[str, Any] | None = None
) -> dict[str, Any]:
    machines = [instance("jumpbox"), instance("nat1", nat1), instance("nat2")]
    route = {"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": carrier, "State": "active"}
    hosts = [{"InstanceId": f"i-host{number}", "LifecycleState": "InService"} for number in range(in_service)]
    unexamined = [{"InstanceStatus": {"Status": "not-applicable"}}] * in_service
    return {
        "DescribeInstances": {"Reservations": [{"Instances": machines}]},
        "DescribeRouteTables": {"RouteTables": [{"Routes": [route]}]},
        "DescribeNetworkInterfaces": {
            "NetworkInterfaces": [{"NetworkInterfaceId": f"eni-{n}", "SourceDestCheck": False} for n in (1, 2)]
        },
        "DescribeInstanceStatus": {"InstanceStatuses": unexamined},
        "GetParameters": {"Parameters": [report(1, **told or {}), report(2)]},
        "DescribeAutoScalingGroups": {"AutoScalingGroups": [{"DesiredCapacity": 2, "Instances": hosts}]},
    }


def test_a_healthy_stax_is_told_finding_by_finding(account_with: Any, clock: Any) -> None:
    events = list(wait_until_healthy(account_with(**world()), STACK, Stopwatch(clock, 600)))

    findings = [event for event in events if isinstance(event, Checked)]
    assert len(findings) == 11
    assert all(finding.ok for finding in findings)


def test_a_route_that_the_other_box_carries_is_healthy(account_with: Any, clock: Any) -> None:
    events = list(wait_until_healthy(account_with(**world(carrier="eni-2")), STACK, Stopwatch(clock, 600)))

    assert "carried by nat2" in [event.finding for event in events if isinstance(event, Checked)]


@pytest.mark.parametrize(
    ("sick", "words"),
    [
        ({"nat1": "stopped"}, "nat1 i-nat1 stopped"),
        ({"carrier": "eni-elsewhere"}, "default route of private subnet 1 leads nowhere"),
        ({"in_service": 1}, "docker hosts 1 of 2 in service"),
        ({"told": {"instance_id": "i-before"}}, "agent of nat1 has not reported yet"),
        ({"told": {"says": "unfit", "reason": "no way out"}}, "agent of nat1 says that it is unfit: no way out"),
        ({"told": {"peer": "lost"}}, "agent of nat1 does not find its peer well: lost"),
        ({"told": {"carries": []}}, "agent of nat1 does not carry its own zone yet: why"),
        ({"told": {"carries": [1, 2]}}, "agent of nat1 still carries private subnet 2 for its peer"),
        ({"told": {"age_s": 3600}}, "agent of nat1 has not reported for 3600 s"),
    ],
)
def test_what_does_not_become_well_in_time_is_named(account_with: Any, clock: Any, sick: Any, words: str) -> None:
    with pytest.raises(Unhealthy, match=words) as caught:
        list(wait_until_healthy(account_with(**world(**sick)), STACK, Stopwatch(clock, 3600)))

    assert "stax repair demo" in caught.value.hint
    assert clock.now_s < 400


def test_machines_that_are_still_starting_are_waited_for(account_with: Any, clock: Any) -> None:
    account = account_with(**world())
    starting = world(nat1="pending")["DescribeInstances"]
    account.answers["DescribeInstances"] = [starting, starting, world()["DescribeInstances"]]

    list(wait_until_healthy(account, STACK, Stopwatch(clock, 600)))

    assert len(clock.slept_s) == 2


def test_a_box_that_is_drained_is_as_its_operator_wants_it(account_with: Any, clock: Any) -> None:
    drained = world(carrier="eni-2", told={"says": "draining", "carries": []})

    events = list(wait_until_healthy(account_with(**drained), STACK, Stopwatch(clock, 600)))

    assert "is being drained" in [event.finding for event in events if isinstance(event, Checked)]


def test_an_old_box_that_was_never_made_to_report_is_told_and_not_waited_for(account_with: Any, clock: Any) -> None:
    old = world() | {"GetParameters": {"Parameters": []}}
    old["DescribeInstances"] = {
        "Reservations": [{"Instances": [instance(each, age_s=86400) for each in ("jumpbox", "nat1", "nat2")]}]
    }

    events = list(wait_until_healthy(account_with(**old), STACK, Stopwatch(clock, 600)))

    assert len([event for event in events if isinstance(event, Warned)]) == 2
    assert clock.slept_s == []


def test_where_no_machines_boot_none_is_asked_how_it_is(account_with: Any, clock: Any) -> None:
    account = account_with(**world() | {"GetParameters": "AccessDenied"})
    account.endpoint = replace(account.endpoint, machines=False)

    list(wait_until_healthy(account, STACK, Stopwatch(clock, 600)))

    assert "GetParameters" not in account.asked
