"""What describe, desc-auto, list and history say of a stax that was really made, by anybody who asks."""

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from stax.api import create as creating
from stax.api import destroy as destroying
from stax.api.create import CreateRequest
from stax.api.desc_auto import describe_auto
from stax.api.describe import describe
from stax.api.history import history
from stax.api.list import list_stax
from stax.aws.checkip import public_address
from stax.aws.session import connect
from stax.config import Surroundings, load
from stax.engine.site import Site
from stax.errors import NotFound, UsageError
from stax.model.inventory import Description

NAME = "described"
Answer = TypeVar("Answer")


def to_the_end(verb: Generator[Any, None, Answer]) -> Answer:
    """Let a verb tell all its events; return its answer."""
    while True:
        try:
            next(verb)
        except StopIteration as end:
            answer: Answer = end.value
            return answer


def configuration(path: Path, site: Site, **keys: str) -> Any:
    path.write_text(json.dumps({"CostCenter": "42", "ClusterSize": "2", **keys}))
    return load(path, surroundings=Surroundings("jo", lambda: public_address(site.aws.endpoint)))


@pytest.fixture(scope="module")
def site(region: Any) -> Site:
    return Site(connect(region="local", home=region.home, environ={}), region.home)


@pytest.fixture(scope="module")
def stax(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A stax with two docker hosts, gone again when the module is done."""
    request = CreateRequest(configuration=configuration(tmp_path_factory.mktemp("c") / "c.json", site), name=NAME)
    to_the_end(creating.create(site, request, to_the_end(creating.prepare(site, request))))
    yield site
    to_the_end(destroying.destroy(site, NAME))


@pytest.fixture(scope="module")
def description(stax: Site) -> Description:
    return describe(stax, NAME)


def test_the_inventory_is_that_of_the_guide_number_for_number(description):
    assert [f"{one.count} {one.subject}" for one in description.inventory] == [
        "1 stack",
        "1 VPC",
        "1 jumpbox",
        "2 NAT boxes",
        "2 docker hosts",
        "5 volumes",
        "3 security groups",
        "3 Elastic IPs",
        "5 network interfaces",
        "1 launch template",
    ]


def test_every_machine_has_a_state_addresses_and_a_zone(description):
    assert [one.name for one in description.machines] == ["jumpbox", "nat1", "nat2", "docker1", "docker2"]
    for machine in description.machines:
        assert machine.state == "running"
        assert machine.private_ip.startswith("10.183.")
        assert machine.zone
        assert machine.instance_type
    assert [bool(one.public_ip) for one in description.machines] == [True, True, True, False, False]


def test_each_machine_has_its_volume_and_its_interface(description):
    names = sorted(machine.name for machine in description.machines)

    assert sorted(volume.machine for volume in description.volumes) == names
    assert sorted(interface.machine for interface in description.network_interfaces) == names
    assert all(volume.encrypted and volume.volume_type == "gp3" for volume in description.volumes)


def test_the_private_routes_are_carried_by_their_own_nat_boxes(description):
    routes = {route.route_table: (route.carried_by, route.state) for route in description.network.default_routes}

    assert routes == {
        "private1": ("nat1", "active"),
        "private2": ("nat2", "active"),
        "public": ("internet gateway", "active"),
    }


def test_the_subnets_lie_in_two_zones(description):
    assert [(subnet.name, subnet.cidr) for subnet in description.network.subnets] == [
        ("public1", "10.183.1.0/24"),
        ("private1", "10.183.0.0/24"),
        ("public2", "10.183.3.0/24"),
        ("private2", "10.183.2.0/24"),
    ]


def test_the_addresses_lead_where_they_were_born(description):
    assert {one.name: one.carried_by for one in description.addresses} == {
        "jumpbox": "jumpbox",
        "nat1": "nat1",
        "nat2": "nat2",
    }


def test_outputs_and_tags_are_told(description):
    assert description.outputs["JumpboxPublicIp"] == description.machines[0].public_ip
    assert description.tags["CostCenter"] == "42"
    assert description.created_by


def test_a_route_that_a_nat_box_took_over_is_told_as_carried_and_not_as_broken(stax, region, description):
    route = description.network.default_routes[0]
    ours, theirs = description.outputs["Nat1InterfaceId"], description.outputs["Nat2InterfaceId"]
    where = {"RouteTableId": route.route_table_id, "DestinationCidrBlock": "0.0.0.0/0"}
    region.client("ec2").replace_route(**where, NetworkInterfaceId=theirs)
    try:
        network = describe(stax, NAME).network
    finally:
        region.client("ec2").replace_route(**where, NetworkInterfaceId=ours)

    assert network is not None
    moved = network.default_routes[0]
    assert (moved.carried_by, moved.state, moved.is_covered) == ("nat2", "active", True)


def test_the_group_is_described_with_members_and_policy(stax):
    (group,) = describe_auto(stax, NAME).groups

    assert (group.smallest, group.desired, group.largest, group.in_service) == (2, 2, 9, 2)
    assert len(group.zones) == 2
    assert [(policy.metric, policy.target) for policy in group.policies] == [("ASGAverageCPUUtilization", 60.0)]
    assert group.activities


def test_it_is_listed_as_made_from_here(stax):
    listed = {one.name: one for one in list_stax(stax)}

    assert (listed[NAME].status, listed[NAME].made_here) == ("CREATE_COMPLETE", True)


def test_another_machine_sees_the_same_without_any_local_file(stax, description, tmp_path):
    elsewhere = describe(Site(stax.aws, tmp_path / "empty"), NAME)

    assert elsewhere.machines[0].instance_id == description.machines[0].instance_id
    assert elsewhere.inventory == description.inventory


def test_the_history_has_the_create(stax):
    entry = history(stax.home, NAME).entries[-1]

    assert (entry.verb, entry.outcome) == ("create", "done")


def test_a_name_that_is_not_there_is_not_found(stax):
    with pytest.raises(NotFound, match="there is no stax nothing"):
        describe(stax, "nothing")


def test_what_cannot_be_a_name_is_refused(stax):
    with pytest.raises(UsageError):
        describe(stax, "Not_A_Name")
