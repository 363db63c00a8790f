"""The region as its users meet it."""

import json
import stat
import subprocess
import sys
import urllib.request
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from stax_local import life


def test_says_what_it_is_not_able_to_do_by_name(region: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidAction.*ec2:DescribeFpgaImages"):
        region.client("ec2").describe_fpga_images()


def test_refuses_what_it_could_only_write_down(region: Any) -> None:
    ec2 = region.client("ec2")
    vpc_id = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]

    with pytest.raises(ClientError, match=r"InvalidAction.*ec2:CreateNetworkAcl"):
        ec2.create_network_acl(VpcId=vpc_id)
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*t99\.micro"):
        ec2.run_instances(ImageId="ami-0", InstanceType="t99.micro", MinCount=1, MaxCount=1)

    assert ec2.describe_nat_gateways()["NatGateways"] == []


def test_tells_the_caller_a_public_address(region: Any) -> None:
    with urllib.request.urlopen(f"{region.endpoint_url}/checkip", timeout=5) as answer:  # noqa: S310
        assert answer.read() == b"203.0.113.1\n"


def test_tells_the_owner_and_a_role_who_they_are(region: Any) -> None:
    sts, iam = region.client("sts"), region.client("iam")
    owner = sts.get_caller_identity()
    assert owner["Arn"] == "arn:aws:iam::123456789012:user/local"
    assert owner["UserId"].startswith("AIDA")

    role = iam.create_role(RoleName="who-am-i", AssumeRolePolicyDocument="{}")["Role"]
    issued = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="i-1")["Credentials"]
    session = botocore.session.Session()
    session.set_credentials(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
    assumed = session.create_client("sts", region_name="us-east-1", endpoint_url=region.endpoint_url)
    identity = assumed.get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/who-am-i/i-1"
    assert identity["UserId"].endswith(":i-1")
    iam.delete_role(RoleName="who-am-i")


def test_everything_on_disk_is_its_owners_alone(region: Any) -> None:
    folder = region.folder
    paths = [folder.path, folder.endpoint.parent, *folder.path.iterdir(), folder.endpoint]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths}
    assert {"account.state", "requests.log", "region.json", "local.json"} <= modes.keys()
    assert modes == dict.fromkeys(modes, 0)


def test_status_counts_what_there_is(region: Any) -> None:
    before = life.status(region.folder)
    vpc_id = region.client("ec2").create_vpc(CidrBlock="10.79.0.0/16")["Vpc"]["VpcId"]
    after = life.status(region.folder)
    region.client("ec2").delete_vpc(VpcId=vpc_id)

    assert after["vpcs"] == before["vpcs"] + 1
    assert (after["state"], after["endpoint"], after["faults"]) == ("running", region.endpoint_url, 0)
    assert after["mode"].startswith("control plane only: ")


def test_env_is_what_a_shell_can_eat(region: Any) -> None:
    def env(*words: str) -> str:
        command = [sys.executable, "-m", "stax_local", "env", *words]
        return subprocess.run(
            command, env=region.stax_env, capture_output=True, text=True, timeout=30, check=True
        ).stdout

    assert env().splitlines()[0] == f"export AWS_ENDPOINT_URL={region.endpoint_url}"
    assert json.loads(env("--output", "json")) == region.aws_env
    assert env("--unset").splitlines()[0] == "unset AWS_ENDPOINT_URL"
