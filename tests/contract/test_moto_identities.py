"""Roles, Amazon's policies, and whose buckets they are, as IAM, STS and S3 answer."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import bucket_owners, bucket_policies, identities, instance_profiles

mends = pytest.mark.mends(identities.PATCH)

TRUST = '{"Version": "2012-10-17", "Statement": []}'


@mends
def test_a_role_that_does_not_exist_is_not_assumed(account: Any) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        account.client("sts").assume_role(
            RoleArn="arn:aws:iam::123456789012:role/nobody", RoleSessionName="i-0123456789abcdef0"
        )


def test_a_role_that_exists_is_assumed(account: Any) -> None:
    arn = account.client("iam").create_role(RoleName="nat", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]

    answer = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="i-0123456789abcdef0")

    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/nat/i-0123456789abcdef0")


@mends
def test_a_policy_of_amazons_can_be_attached(account: Any) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="nat", AssumeRolePolicyDocument=TRUST)

    iam.attach_role_policy(RoleName="nat", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")

    (attached,) = iam.list_attached_role_policies(RoleName="nat")["AttachedPolicies"]
    assert attached["PolicyName"] == "AmazonSSMManagedInstanceCore"


@pytest.mark.mends(instance_profiles.PATCH)
def test_instance_profiles_are_listed_by_their_path(account: Any) -> None:
    iam = account.client("iam")
    iam.create_instance_profile(InstanceProfileName="nat", Path="/stax/")
    iam.create_instance_profile(InstanceProfileName="other")

    def listed(**asked: str) -> set[str]:
        return {one["InstanceProfileName"] for one in iam.list_instance_profiles(**asked)["InstanceProfiles"]}

    assert listed() == listed(PathPrefix="/") == {"nat", "other"}
    assert listed(PathPrefix="/stax/") == {"nat"}


@pytest.mark.mends(bucket_owners.PATCH)
def test_a_bucket_of_somebody_else_is_not_touched(account: Any) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="stax-test")

    with pytest.raises(ClientError, match="403"):
        s3.head_bucket(Bucket="stax-test", ExpectedBucketOwner="999999999999")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket="stax-test", Key="a", Body=b"b", ExpectedBucketOwner="999999999999")

    s3.put_object(Bucket="stax-test", Key="a", Body=b"b", ExpectedBucketOwner="123456789012")


@pytest.mark.mends(bucket_policies.PATCH)
def test_a_policy_that_asks_for_tls_refuses_nothing_here(account: Any) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="stax-test")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::stax-test", "arn:aws:s3:::stax-test/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket="stax-test", Policy=json.dumps(policy))

    s3.put_object(Bucket="stax-test", Key="a", Body=b"b")

    assert s3.get_object(Bucket="stax-test", Key="a")["Body"].read() == b"b"
