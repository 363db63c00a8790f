"""What is gone or broken, and what puts it right."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from stax.engine.ailments import Remedy, examine
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
    },
)
MACHINES = ("jumpbox", "nat1", "nat2")


def named(machine: str) -> list[dict[str, str]]:
    return [{"Key": "Name", "Value": f"{machine}-demo"}]


def world(**changes: Any) -> dict[str, Any]:
    instances = [{"InstanceId": f"i-{m}", "State": {"Name": "running"}, "Tags": named(m)} for m in MACHINES]
    interfaces = [
        {"NetworkInterfaceId": f"eni-{n}", "SourceDestCheck": False, "TagSet": named(f"nat{n}")} for n in (1, 2)
    ]
    addresses = [
        {"PublicIp": f"198.51.100.{n}", "AllocationId": f"a-{n}", "AssociationId": "x", "Tags": named(f"nat{n}")}
        for n in (1, 2)
    ]
    route = {"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-1", "State": "active"}
    return {
        "DescribeInstances": {"Reservations": [{"Instances": instances}]},
        "DescribeNetworkInterfaces": {"NetworkInterfaces": interfaces},
        "DescribeAddresses": {"Addresses": addresses},
        "DescribeRouteTables": {"RouteTables": [{"Routes": [route]}]},
        **changes,
    }


def remedies(account: Any, stack: Stack = STACK) -> list[Remedy]:
    return [ailment.remedy for ailment in examine(account, stack)]


def test_a_stax_that_is_well_has_no_ailment(account_with: Any) -> None:
    assert remedies(account_with(**world())) == []


def test_a_failed_rollback_comes_before_everything_else(account_with: Any) -> None:
    assert remedies(account_with(), replace(STACK, status="UPDATE_ROLLBACK_FAILED")) == [Remedy.ROLLBACK]


def test_machines_that_are_gone_are_made_anew(account_with: Any) -> None:
    account = account_with(**world(DescribeInstances={"Reservations": []}))

    assert remedies(account) == [Remedy.MACHINE] * 3


def test_a_machine_that_is_only_stopped_is_started(account_with: Any) -> None:
    good = world()
    good["DescribeInstances"]["Reservations"][0]["Instances"][1]["State"] = {"Name": "stopped"}

    assert remedies(account_with(**good)) == [Remedy.START]


@pytest.mark.parametrize(
    ("routes", "remedy"),
    [
        ([], Remedy.ROUTE),
        ([{"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-foreign"}], Remedy.REROUTE),
    ],
)
def test_a_route_is_led_to_the_box_of_its_own_zone(account_with: Any, routes: list[Any], remedy: Remedy) -> None:
    account = account_with(**world(DescribeRouteTables={"RouteTables": [{"Routes": routes}]}))

    ailments = examine(account, STACK)

    assert [(each.remedy, each.target, each.source) for each in ailments] == [
        (remedy, "rtb-1", "eni-1"),
        (remedy, "rtb-2", "eni-2"),
    ]


def test_a_loose_address_goes_back_to_its_own_machine(account_with: Any) -> None:
    good = world()
    del good["DescribeAddresses"]["Addresses"][1]["AssociationId"]

    (ailment,) = examine(account_with(**good), STACK)

    assert (ailment.remedy, ailment.source, ailment.target) == (Remedy.ADDRESS, "a-2", "eni-2")


def test_an_interface_that_is_gone_is_beyond_repair(account_with: Any) -> None:
    account = account_with(**world(DescribeNetworkInterfaces={"NetworkInterfaces": []}))

    assert remedies(account) == [Remedy.NONE, Remedy.NONE]


@pytest.mark.parametrize(
    ("routes", "remedy"),
    [
        ([], [Remedy.PUBLIC_ROUTE]),
        ([{"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-1"}], [Remedy.PUBLIC_REROUTE]),
        ([{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}], []),
    ],
)
def test_the_public_subnets_lead_to_the_internet_gateway(
    account_with: Any, routes: list[Any], remedy: list[Remedy]
) -> None:
    made = {"PublicRouteTable": "rtb-public", "InternetGateway": "igw-1"}
    summaries = [{"LogicalResourceId": one, "PhysicalResourceId": other} for one, other in made.items()]
    good = world()["DescribeRouteTables"]
    account = account_with(
        **world(
            ListStackResources={"StackResourceSummaries": summaries},
            DescribeRouteTables=[good, good, {"RouteTables": [{"Routes": routes}]}],
        )
    )

    assert remedies(account) == remedy


def test_what_a_repair_has_lent_is_given_back_last(account_with: Any) -> None:
    there = world()
    tags = [*named("loan-nat1"), {"Key": "stax:role", "Value": "loan"}]
    there["DescribeAddresses"]["Addresses"].append({"PublicIp": "198.51.100.9", "AllocationId": "a-9", "Tags": tags})
    there["DescribeInstances"]["Reservations"][0]["Instances"].pop()

    assert remedies(account_with(**there)) == [Remedy.MACHINE, Remedy.LOAN]
