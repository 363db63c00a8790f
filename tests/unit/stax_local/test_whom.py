"""Who is meant by a word."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.accounts import Account

from stax_local.desired import World
from stax_local.whom import selector


def world(*machine_names: str) -> World:
    account = Account()
    vpc = account.vpc()
    subnet = account.subnet(account.route_table(vpc), "10.183.0.0/24")
    for number, name in enumerate(machine_names, start=10):
        instance_id, _ = account.machine(subnet, f"10.183.0.{number}")
        account.put("instances", replace(account.world.instances[instance_id], tags={"Name": name}))
    return account.world


def test_a_machine_is_meant_by_its_id_its_name_or_its_name_up_to_a_dash() -> None:
    names = world("nat1-mine", "nat2-mine")
    nat1 = next(each.id for each in names.instances.values() if each.tags["Name"] == "nat1-mine")

    assert [selector(names, word) for word in (nat1, "nat1-mine", "nat1")] == [nat1] * 3


def test_zones_the_internet_and_anybody_are_themselves() -> None:
    assert [selector(world("a"), word) for word in ("us-east-1a", "internet", "any")] == [
        "us-east-1a",
        "internet",
        "any",
    ]


def test_a_name_that_several_have_is_refused_with_their_ids() -> None:
    with pytest.raises(ValueError, match=r"2 machines are called docker: say i-\w+ or i-\w+"):
        selector(world("docker-mine", "docker-mine"), "docker")


def test_nobody_is_said_with_who_there_is() -> None:
    with pytest.raises(ValueError, match="no machine is called x; there are jumpbox-mine, nat1-mine"):
        selector(world("nat1-mine", "jumpbox-mine"), "x")
    with pytest.raises(ValueError, match="there are none at all"):
        selector(World(), "x")


def test_docker_hosts_are_numbered_by_age_as_everywhere() -> None:
    names = world("docker-mine", "docker-mine")
    for age, instance in enumerate(list(names.instances.values())):
        tags = {"Name": "docker-mine", "stax:name": "mine", "stax:role": "docker"}
        older = replace(instance, tags=tags, launch_time=instance.launch_time - timedelta(minutes=age))
        names = replace(names, instances={**names.instances, instance.id: older})
    youngest, oldest = names.instances

    assert (selector(names, "docker1"), selector(names, "docker2")) == (oldest, youngest)
    with pytest.raises(ValueError, match="there are docker1, docker2"):
        selector(names, "docker3")


def test_a_machine_answers_to_its_host_name() -> None:
    names = world("a", "b")

    assert selector(names, "ip-10-183-0-11.ec2.internal") == list(names.instances)[1]
