"""The whole account as bytes, and back."""

from collections.abc import Callable
from typing import Any

import pytest

from stax_local.emulator import account as accounts


def fill(account: Any) -> str:
    instance_id: str = account.launch(SubnetId=account.subnet())
    account.ec2.create_key_pair(KeyName="made-here", KeyType="rsa")
    account.client("ssm").put_parameter(Name="/stax/secret", Value="hush", Type="SecureString")
    account.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    s3 = account.client("s3")
    s3.create_bucket(Bucket="stax-test")
    s3.put_object(Bucket="stax-test", Key="template", Body=b"x" * 100_000)
    iam = account.client("iam")
    iam.create_role(RoleName="nat", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    account.client("cloudwatch").put_metric_data(
        Namespace="AWS/EC2", MetricData=[{"MetricName": "CPUUtilization", "Value": 1.0}]
    )
    return instance_id


def test_everything_is_as_it_was(account: Any, world: Callable[[], Any]) -> None:
    instance_id = fill(account)
    before = world()
    dumped = accounts.dump()

    accounts.forget()
    assert instance_id not in world().instances
    accounts.load(dumped)

    assert world() == before
    parameter = account.client("ssm").get_parameter(Name="/stax/secret", WithDecryption=True)["Parameter"]
    assert parameter["Value"] == "hush"
    assert account.client("s3").get_object(Bucket="stax-test", Key="template")["Body"].read() == b"x" * 100_000
    assert account.client("iam").get_role(RoleName="nat")["Role"]["RoleName"] == "nat"


def test_the_account_goes_on_after_it_was_loaded(account: Any) -> None:
    instance_id = fill(account)
    accounts.load(accounts.dump())

    account.ec2.stop_instances(InstanceIds=[instance_id])
    another = account.launch(SubnetId=account.instance(instance_id)["SubnetId"])

    assert account.state(instance_id) == "stopping"
    assert account.instance(another)["PrivateIpAddress"] == "10.0.1.5"


@pytest.mark.parametrize(
    "damaged",
    [b"", b"nonsense", b"stax account 0, moto 1.0.0, Python 3.9.0\nrest", accounts.WRITTEN_BY, b"\x80\x04\n\xff"],
)
def test_what_is_no_dump_is_refused_and_changes_nothing(account: Any, world: Callable[[], Any], damaged: bytes) -> None:
    instance_id = account.launch(SubnetId=account.subnet())

    with pytest.raises(accounts.UnreadableDumpError):
        accounts.load(damaged)

    assert instance_id in world().instances


def test_a_dump_cut_short_is_refused(account: Any) -> None:
    fill(account)
    dumped = accounts.dump()

    with pytest.raises(accounts.UnreadableDumpError, match="damaged"):
        accounts.load(dumped[: len(dumped) // 2])
