"""The agent's duties against a region's own SSM, EC2 and signatures, with the credentials of a role."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stax.aws.host_keys import parameter_name
from stax_agent.authorize import authorize
from stax_agent.aws import Aws
from stax_agent.docker_hosts import docker_hosts
from stax_agent.imds import Credentials, Machine
from stax_agent.parameters import host_key_name
from stax_agent.publish import Keys, publish
from stax_agent.setback import Setback

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "k" * 43
NAME = "agents"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip


@pytest.fixture(scope="module")
def aws(region: Any) -> Iterator[Aws]:
    """AWS as a machine's role has it: temporary credentials, signed by the agent itself."""
    iam = region.client("iam")
    role = iam.create_role(RoleName="a-machines", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    given = region.client("sts").assume_role(RoleArn=role, RoleSessionName="i-1")["Credentials"]
    credentials = Credentials(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        token=given["SessionToken"],
        expires_at=datetime.now(UTC),
    )
    yield Aws(region.settings.region, lambda: credentials, endpoint=lambda service, name: region.endpoint_url)
    iam.delete_role(RoleName="a-machines")
    ssm = region.client("ssm")
    found = ssm.get_parameters_by_path(Path=f"/stax/{NAME}", Recursive=True)["Parameters"]
    ssm.delete_parameters(Names=[parameter["Name"] for parameter in found])


def machine(role: str, instance_id: str) -> Machine:
    return Machine(instance_id=instance_id, region="us-east-1", stax_name=NAME, role=role)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    (tmp_path / "k.pub").write_text(KEY)
    return Keys(host=tmp_path / "k.pub", jumpbox=tmp_path / "k.pub")


def test_a_host_key_is_where_the_operator_looks_for_it(aws, keys, region):
    publish(aws, machine("nat", "i-1"), keys)

    found = region.client("ssm").get_parameter(Name=parameter_name(NAME, "nat", "i-1"))["Parameter"]
    assert (found["Value"], found["Type"], found["Version"]) == (KEY, "String", 1)


def test_publishing_again_leaves_the_first_version(aws, keys, region):
    publish(aws, machine("docker", "i-2"), keys)

    assert publish(aws, machine("docker", "i-2"), keys).startswith("host-key=was-published")
    assert region.client("ssm").get_parameter(Name=host_key_name(NAME, "docker", "i-2"))["Parameter"]["Version"] == 1


def test_the_jumpboxs_key_gets_to_the_docker_hosts(aws, keys, tmp_path):
    file = tmp_path / "jumpbox_keys"
    authorize(aws, "nobodys", file)
    assert not file.exists()

    publish(aws, machine("jump", "i-3"), keys)

    assert authorize(aws, NAME, file)
    assert file.read_text() == f"restrict,pty {KEY} jumpbox\n"


def test_a_stax_without_machines_has_no_docker_hosts(aws):
    assert docker_hosts(aws, "nobodys") == []


def test_a_forged_signature_is_a_setback_with_awss_code(region):
    forged = Credentials(access_key_id="AKIAFORGED", secret_access_key="x", token="t", expires_at=datetime.now(UTC))
    aws = Aws("us-east-1", lambda: forged, endpoint=lambda service, name: region.endpoint_url)

    with pytest.raises(Setback) as refused:
        docker_hosts(aws, NAME)

    assert refused.value.code
