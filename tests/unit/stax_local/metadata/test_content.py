"""What a machine reads about itself."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.accounts import Account

from stax_local.desired import Instance, MetadataOptions, Volume
from stax_local.metadata.content import Services, metadata, private_hostname, public_hostname
from stax_local.metadata.tree import read


class Machine:
    """A machine of the account, and its metadata."""

    def __init__(self, **facts: Any) -> None:
        self.account = account = Account()
        vpc = account.vpc()
        group = account.group(vpc)
        subnet = account.subnet(account.route_table(vpc), "10.183.1.0/24")
        self.id, self.interface = account.machine(subnet, "10.183.1.10", group)
        account.put("instances", replace(account.world.instances[self.id], **facts))

    def read(self, path: str) -> str | None:
        world = self.account.world
        return read(metadata(world, world.instances[self.id], Services(credentials, going_where)), f"/latest/{path}")


def credentials(instance: Instance) -> Mapping[str, str]:
    return {"AccessKeyId": f"ASIA-{instance.role_name}"}


def going_where(instance: Instance) -> str:
    return "Terminated" if instance.tags.get("Name") == "leaving" else ""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("meta-data/local-ipv4", "10.183.1.10"),
        ("meta-data/local-hostname", "ip-10-183-1-10.ec2.internal"),
        ("meta-data/instance-type", "t3.micro"),
        ("meta-data/placement/availability-zone", "us-east-1a"),
        ("meta-data/placement/region", "us-east-1"),
        ("meta-data/security-groups", "group"),
        ("meta-data/tags/instance/Name", "test"),
        ("meta-data/services/domain", "amazonaws.com"),
    ],
)
def test_a_machine_knows_itself(path: str, text: str) -> None:
    assert Machine().read(path) == text


def test_a_machine_finds_its_interface_by_its_mac() -> None:
    machine = Machine()
    folder = f"meta-data/network/interfaces/macs/{machine.read('meta-data/mac')}"

    assert machine.read(f"{folder}/interface-id") == machine.interface
    assert machine.read(f"{folder}/subnet-ipv4-cidr-block") == "10.183.1.0/24"
    assert machine.read(f"{folder}/vpc-ipv4-cidr-blocks") == "10.183.0.0/16"
    assert machine.read(f"{folder}/device-number") == "0"


def test_its_public_address_is_there_while_it_has_one() -> None:
    machine = Machine()
    assert machine.read("meta-data/public-ipv4") is None

    machine.account.elastic_ip("198.51.100.7", machine.interface)

    assert machine.read("meta-data/public-ipv4") == "198.51.100.7"
    assert machine.read("meta-data/public-hostname") == "ec2-198-51-100-7.compute-1.amazonaws.com"
    mac = machine.read("meta-data/mac")
    assert machine.read(f"meta-data/network/interfaces/macs/{mac}/ipv4-associations/198.51.100.7") == "10.183.1.10"


def test_its_secondary_addresses_come_after_the_primary_one() -> None:
    machine = Machine()
    machine.account.second_address(machine.interface, "10.183.1.9")

    mac = machine.read("meta-data/mac")
    assert machine.read(f"meta-data/network/interfaces/macs/{mac}/local-ipv4s") == "10.183.1.10\n10.183.1.9"


def test_the_identity_document_names_the_machine() -> None:
    machine = Machine()
    document = json.loads(machine.read("dynamic/instance-identity/document") or "")

    assert document["instanceId"] == machine.id
    assert document["region"] == "us-east-1"
    assert document["privateIp"] == "10.183.1.10"


def test_user_data_comes_as_it_was_given_byte_for_byte() -> None:
    given = bytes(range(256))

    text = Machine(user_data=base64.b64encode(given).decode()).read("user-data")

    assert text is not None
    assert text.encode("latin-1") == given


def test_without_user_data_there_is_none() -> None:
    assert Machine().read("user-data") is None


def test_the_role_is_listed_and_its_credentials_are_given() -> None:
    machine = Machine(role_name="nat", instance_profile_arn="arn:aws:iam::123456789012:instance-profile/nat")

    assert machine.read("meta-data/iam/security-credentials/") == "nat"
    given = json.loads(machine.read("meta-data/iam/security-credentials/nat") or "")
    assert given == {"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "ASIA-nat"}


def test_a_machine_without_a_role_has_no_iam_folder() -> None:
    assert Machine().read("meta-data/iam/") is None


def test_tags_are_hidden_unless_they_are_asked_for() -> None:
    assert Machine(metadata_options=MetadataOptions(True, True, 1, False)).read("meta-data/tags/") is None


def test_the_key_pair_is_listed_by_number_and_name() -> None:
    machine = Machine(key_name="mine", public_key="ssh-ed25519 AAAA mine")

    assert machine.read("meta-data/public-keys/") == "0=mine"
    assert machine.read("meta-data/public-keys/0/openssh-key") == "ssh-ed25519 AAAA mine"


def test_volumes_are_named_root_first() -> None:
    volumes = tuple(Volume(f"vol-{n}", f"/dev/xvd{n}", 8, "gp3", True, True) for n in "ab")
    machine = Machine(volumes=volumes)

    assert machine.read("meta-data/block-device-mapping/root") == "/dev/xvda"
    assert machine.read("meta-data/block-device-mapping/ebs1") == "/dev/xvdb"


def test_names_follow_the_region() -> None:
    assert private_hostname("10.0.0.1", "eu-west-1") == "ip-10-0-0-1.eu-west-1.compute.internal"
    assert public_hostname("1.2.3.4", "eu-west-1") == "ec2-1-2-3-4.eu-west-1.compute.amazonaws.com"


def test_a_member_of_a_group_learns_where_it_is_going() -> None:
    member = Machine(tags={"aws:autoscaling:groupName": "hosts", "Name": "leaving"})

    assert member.read("meta-data/autoscaling/target-lifecycle-state") == "Terminated"


@pytest.mark.parametrize("tags", [{}, {"aws:autoscaling:groupName": "a group that knows it no longer"}])
def test_who_is_in_no_group_is_going_nowhere(tags: Mapping[str, str]) -> None:
    assert Machine(tags=tags).read("meta-data/autoscaling/target-lifecycle-state") is None
