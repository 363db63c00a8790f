"""SSM's parameters and the names of buckets, as AWS takes them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import bucket_names, parameters

mends = pytest.mark.mends(parameters.PATCH)
mends_names = pytest.mark.mends(bucket_names.PATCH)


@mends
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Value": "x" * 4097}, "ValidationException.*4096"),
        ({"Value": "ü" * 2049}, "ValidationException.*4096"),
        ({"Value": "x" * 8193, "Tier": "Advanced"}, "ValidationException.*8192"),
        ({"KeyId": "alias/nobodys", "Type": "SecureString"}, "InvalidKeyId"),
    ],
)
def test_what_ssm_would_not_keep_is_refused(account: Any, wrong: dict[str, str], code: str) -> None:
    ssm = account.client("ssm")

    with pytest.raises(ClientError, match=code):
        ssm.put_parameter(**{"Name": "/stax/a", "Value": "x", "Type": "String", **wrong})

    assert ssm.get_parameters(Names=["/stax/a"])["Parameters"] == []


def test_values_up_to_the_limit_and_keys_that_exist_are_taken(account: Any) -> None:
    ssm, kms = account.client("ssm"), account.client("kms")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)

    ssm.put_parameter(Name="/stax/full", Value="x" * 4096, Type="String")
    for name, key in (("alias", "alias/mine"), ("id", key_id), ("amazons", "alias/aws/ssm")):
        ssm.put_parameter(Name=f"/stax/{name}", Value="hush", Type="SecureString", KeyId=key)


@mends
def test_no_machine_carries_a_command_out_so_none_is_taken(account: Any) -> None:
    with pytest.raises(NotImplementedError):
        account.client("ssm").send_command(DocumentName="AWS-RunShellScript", InstanceIds=["i-0123456789abcdef0"])


@mends_names
@pytest.mark.parametrize("name", ["Upper", "under_score", "two..dots", "-dash", "dash-", "10.0.0.1", "xn--b"])
def test_a_bucket_that_no_host_name_can_hold_is_refused(account: Any, name: str) -> None:
    with pytest.raises(ClientError):
        account.client("s3").create_bucket(Bucket=name)


@pytest.mark.parametrize("name", ["abc", "a.b-c.9", "a" * 63])
def test_a_bucket_with_a_name_that_s3_takes_is_made(account: Any, name: str) -> None:
    account.client("s3").create_bucket(Bucket=name)
