from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax.api.describe import describe
from stax.aws.session import Aws, Identity
from stax.engine.site import Site
from stax.errors import NotFound
from stax.model.inventory import Description

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
BORN = NOW - timedelta(hours=2)


def tagged(name: str, role: str, **described: Any) -> dict[str, Any]:
    tags = {"Name": f"{name}-demo", "stax:name": "demo", "stax:role": role}
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()], **described}


def machine(name: str, role: str, number: int) -> dict[str, Any]:
    launched_at = BORN + timedelta(seconds=number)
    return tagged(name, role, InstanceId=f"i-{number}", LaunchTime=launched_at, State={"Name": "running"})


def route_table(name: str, next_hop: dict[str, str]) -> dict[str, Any]:
    route = {"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **next_hop}
    return tagged(name, "network", RouteTableId=f"rtb-{name}", Routes=[route])


def interface(name: str, number: int) -> dict[str, Any]:
    described = tagged(name, "nat", NetworkInterfaceId=f"eni-{name}", Attachment={"InstanceId": f"i-{number}"})
    return {**described, "TagSet": described.pop("Tags")}


class Account(Aws):
    """An account with one stax: a jumpbox, two NAT boxes, two docker hosts, and what hangs on them."""

    def __init__(self) -> None:
        self.status = "CREATE_COMPLETE"
        self.machines = [machine("jumpbox", "jump", 1), machine("nat1", "nat", 2), machine("nat2", "nat", 3)]
        self.machines += [machine("docker", "docker", 4), machine("docker", "docker", 5)]
        self.there: dict[str, list[dict[str, Any]]] = {
            "DescribeVpcs": [tagged("vpc", "network", VpcId="vpc-1", CidrBlock="10.183.0.0/16", State="available")],
            "DescribeRouteTables": [
                route_table("private1", {"NetworkInterfaceId": "eni-nat1"}),
                route_table("private2", {"NetworkInterfaceId": "eni-nat2"}),
                route_table("public", {"GatewayId": "igw-1"}),
            ],
            "DescribeNetworkInterfaces": [interface("nat1", 2), interface("nat2", 3)],
            "DescribeAddresses": [
                tagged("nat1", "nat", AllocationId="eipalloc-1", NetworkInterfaceId="eni-nat2", PublicIp="203.0.113.9")
            ],
            "DescribeVolumes": [tagged("nat1", "nat", VolumeId="vol-1", Size=8, State="in-use")],
        }

    @property
    def place(self) -> str:
        return "eu-west-1"

    @property
    def identity(self) -> Identity:
        return Identity(account_id="123456789012", arn="arn:aws:iam::123456789012:user/jo")

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        if operation == "DescribeAddresses":
            return {"Addresses": self.there[operation]}
        stack = {
            "StackName": "demo",
            "StackId": "arn:demo",
            "StackStatus": self.status,
            "CreationTime": BORN,
            "Tags": [{"Key": "stax:name", "Value": "demo"}, {"Key": "stax:created-by", "Value": "jo@laptop"}],
        }
        return {"Stacks": [stack]}

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        if operation == "DescribeInstances":
            return iter([{"Instances": self.machines}])
        return iter(self.there.get(operation, []))


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def described(account, tmp_path):
    def ask() -> Description:
        return describe(Site(account, tmp_path), "demo", now=lambda: NOW)

    return ask


def test_the_machines_come_in_the_order_in_which_one_meets_them(described):
    assert [one.name for one in described().machines] == ["jumpbox", "nat1", "nat2", "docker1", "docker2"]


def test_ages_are_in_seconds(described):
    description = described()

    assert description.age_s == 7200
    assert description.machines[0].age_s == 7199


def test_a_machine_that_is_gone_is_missed(account, described):
    del account.machines[1]

    assert {one.name: one.state for one in described().machines}["nat1"] == "missing"
    assert {one.subject: one.count for one in described().inventory}["NAT box"] == 1


def test_a_machine_that_is_not_there_yet_is_not_missed(account, described):
    account.status, account.machines = "CREATE_IN_PROGRESS", []

    assert described().machines == ()


def test_a_private_route_is_carried_by_its_own_nat_box_or_by_the_other(account, described):
    account.there["DescribeRouteTables"][0] = route_table("private1", {"NetworkInterfaceId": "eni-nat2"})

    routes = {route.route_table: route for route in described().network.default_routes}

    assert (routes["private1"].carried_by, routes["private1"].is_covered) == ("nat2", True)
    assert (routes["private2"].carried_by, routes["private2"].is_covered) == ("nat2", False)
    assert routes["public"].carried_by == "internet gateway"


def test_a_route_that_is_gone_is_missing_and_carried_by_nobody(account, described):
    account.there["DescribeRouteTables"][0]["Routes"] = []

    route = described().network.default_routes[0]

    assert (route.state, route.carried_by, route.is_covered) == ("missing", "", False)


def test_an_address_says_whose_it_was_born_as_and_where_it_leads_now(described):
    (address,) = described().addresses

    assert (address.name, address.carried_by) == ("nat1", "nat2")


def test_without_a_vpc_there_is_no_network(account, described):
    account.there["DescribeVpcs"] = []

    assert described().network is None


def test_the_inventory_counts_in_the_words_of_the_guide(described):
    assert [f"{one.count} {one.subject}" for one in described().inventory] == [
        "1 stack",
        "1 VPC",
        "1 jumpbox",
        "2 NAT boxes",
        "2 docker hosts",
        "1 volume",
        "0 security groups",
        "1 Elastic IP",
        "2 network interfaces",
        "0 launch templates",
    ]


def test_who_made_it_is_told(described):
    assert described().created_by == "jo@laptop"


def test_a_stax_that_is_not_there_is_not_found(account, tmp_path):
    account.call = lambda *_, **__: {"Stacks": []}
    account.there = {}

    with pytest.raises(NotFound):
        describe(Site(account, tmp_path))
