"""A pair of NAT boxes as AWS would tell of it, for the verbs about them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax.aws.endpoints import Endpoint
from stax.aws.session import Aws, Identity

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def tagged(name: str, role: str, **described: Any) -> dict[str, Any]:
    tags = {"Name": f"{name}-demo", "stax:name": "demo", "stax:role": role}
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()], **described}


@dataclass
class Pair(Aws):
    """An account with one stax, whose boxes carry and say what a test wants."""

    route: dict[int, str] = field(default_factory=lambda: {1: "nat1", 2: "nat2"})
    address: dict[int, str] = field(default_factory=lambda: {1: "nat1", 2: "nat2"})
    state: dict[str, str] = field(default_factory=lambda: {"nat1": "running", "nat2": "running"})
    reports: dict[int, str] = field(default_factory=dict)
    hosts_in: tuple[str, ...] = ("a", "b")
    endpoint: Endpoint = field(default_factory=lambda: Endpoint(name="test", region="eu-west-1"))

    def __post_init__(self) -> None:
        self._options = "--region test"
        self._clients = {}
        for number in (1, 2):
            self.says(number)

    @property
    def place(self) -> str:
        return "test"

    @property
    def identity(self) -> Identity:
        return Identity(account_id="123456789012", arn="arn:aws:iam::123456789012:user/jo")

    def says(self, number: int, said: str = "well", *, ago_s: float = 1, **more: Any) -> None:
        """Let a box report."""
        view = {"since": "2026-01-01T11:00:00.000Z", "looked_at": "", "moving": False}
        zones = {
            str(zone): {"route": "me" if zone == number else "peer", "address": "me", "because": "it is here", **view}
            for zone in (1, 2)
        }
        told = {
            "version": 1, "box": number, "instance_id": f"i-{number}", "every_s": 60.0, "says": said, "reason": "",
            "at": (NOW - timedelta(seconds=ago_s)).isoformat(), "carries": [number], "zones": zones,
            "signals": {"peer": "well", "egress": "well"}, "counters": {"moves": 0}, "events": [],
        }  # fmt: skip
        self.reports[number] = json.dumps({**told, **more})

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        if operation == "GetParameters":
            found = {f"/stax/demo/nat/{number}": text for number, text in self.reports.items()}
            return {"Parameters": [{"Name": n, "Value": found[n]} for n in parameters["Names"] if n in found]}
        if operation == "DescribeStacks":
            return {"Stacks": [_stack()]}
        return {"Addresses": [self._address(number) for number in (1, 2)]}

    def pages(self, service: str, operation: str, key: str, /, **parameters: Any) -> Iterator[Any]:
        found: dict[str, list[dict[str, Any]]] = {
            "DescribeInstances": [{"Instances": [*self._boxes(), *self._hosts()]}],
            "DescribeRouteTables": [self._table(number) for number in (1, 2)],
            "DescribeNetworkInterfaces": [_interface(number) for number in (1, 2)],
        }
        yield from found[operation]

    def _boxes(self) -> Iterator[dict[str, Any]]:
        for number, zone in ((1, "a"), (2, "b")):
            if (state := self.state[f"nat{number}"]) != "missing":
                yield _machine(f"nat{number}", "nat", number, state=state, zone=zone)

    def _hosts(self) -> Iterator[dict[str, Any]]:
        for number, zone in enumerate(self.hosts_in, 3):
            yield _machine("docker", "docker", number, state="running", zone=zone)

    def _table(self, number: int) -> dict[str, Any]:
        route = {"DestinationCidrBlock": "0.0.0.0/0", "State": "active"}
        route["NetworkInterfaceId"] = f"eni-{self.route[number]}"
        routes = [route] if self.route[number] else []
        return tagged(f"private{number}", "network", RouteTableId=f"rtb-{number}", Routes=routes)

    def _address(self, number: int) -> dict[str, Any]:
        held = {"NetworkInterfaceId": f"eni-{self.address[number]}"} if self.address[number] else {}
        return tagged(f"nat{number}", "nat", AllocationId=f"a-{number}", PublicIp=f"203.0.113.{number}", **held)


def _machine(name: str, role: str, number: int, *, state: str, zone: str) -> dict[str, Any]:
    launched_at = NOW - timedelta(hours=1) + timedelta(seconds=number)
    described = {"InstanceId": f"i-{number}", "LaunchTime": launched_at, "State": {"Name": state}}
    return tagged(name, role, Placement={"AvailabilityZone": f"eu-west-1{zone}"}, **described)


def _interface(number: int) -> dict[str, Any]:
    described = tagged(f"nat{number}", "nat", NetworkInterfaceId=f"eni-nat{number}")
    return {**described, "TagSet": described.pop("Tags")}


def _stack() -> dict[str, Any]:
    return {
        "StackName": "demo", "StackId": "arn:demo", "StackStatus": "CREATE_COMPLETE", "CreationTime": NOW,
        "Tags": [{"Key": "stax:name", "Value": "demo"}],
    }  # fmt: skip


@pytest.fixture
def pair() -> Pair:
    return Pair()
