"""The region as its users meet it."""

import urllib.request
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError


def test_says_what_it_is_not_able_to_do_by_name(region: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidAction.*ec2:DescribeFpgaImages"):
        region.client("ec2").describe_fpga_images()


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
