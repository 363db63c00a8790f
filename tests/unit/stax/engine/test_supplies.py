"""The key pair and the bucket: look first, adopt what is ours, make what is missing, refuse the rest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stax.aws.errors import AwsError
from stax.engine.site import Site
from stax.engine.ssh_key import SshKey
from stax.engine.supplies import supply_bucket, supply_key_pair, upload
from stax.errors import StaxError
from stax.events import Event, Warned

KEY = SshKey(public_key="ssh-ed25519 AAAAmine me@here", private_path=Path("/home/me/.ssh/id_ed25519"))
OURS = [{"Key": "stax:name", "Value": "demo"}]


def site(account: Any) -> Site:
    return Site(account, Path("/nonexistent"))


def said(story: Iterator[Event]) -> list[Event]:
    return list(story)


def key_pair(public_key: str, tags: list[dict[str, str]]) -> dict[str, Any]:
    item = {"KeyName": "demo", "KeyPairId": "key-1", "PublicKey": public_key, "Tags": tags}
    return {"KeyPairs": [item]}


def test_a_missing_key_pair_is_imported(account_with: Any) -> None:
    account = account_with(DescribeKeyPairs="InvalidKeyPair.NotFound")

    said(supply_key_pair(site(account), "demo", KEY, {}))

    assert account.asked == ["DescribeKeyPairs", "ImportKeyPair"]


def test_a_key_pair_of_ours_is_adopted(account_with: Any) -> None:
    account = account_with(DescribeKeyPairs=key_pair("ssh-ed25519 AAAAmine other@comment", OURS))

    events = said(supply_key_pair(site(account), "demo", KEY, {}))

    assert account.asked == ["DescribeKeyPairs"]
    assert not [event for event in events if isinstance(event, Warned)]


def test_a_key_pair_of_ours_with_another_key_is_said(account_with: Any) -> None:
    account = account_with(DescribeKeyPairs=key_pair("ssh-ed25519 AAAAother", OURS))

    events = said(supply_key_pair(site(account), "demo", KEY, {}))

    assert [event.text for event in events if isinstance(event, Warned)]


def test_a_key_pair_of_somebody_else_is_refused(account_with: Any) -> None:
    account = account_with(DescribeKeyPairs=key_pair("ssh-ed25519 AAAAmine", []))

    with pytest.raises(StaxError, match="not a stax's"):
        said(supply_key_pair(site(account), "demo", KEY, {}))


def test_an_import_whose_answer_was_lost_is_no_failure(account_with: Any) -> None:
    account = account_with(
        DescribeKeyPairs=["InvalidKeyPair.NotFound", key_pair("ssh-ed25519 AAAAmine", OURS)],
        ImportKeyPair="InvalidKeyPair.Duplicate",
    )

    said(supply_key_pair(site(account), "demo", KEY, {}))


def test_a_missing_bucket_is_made_secured_and_tagged_last(account_with: Any) -> None:
    account = account_with(GetBucketTagging="NoSuchBucket")

    said(supply_bucket(site(account), "demo", {"stax:name": "demo"}))

    assert account.asked[1] == "CreateBucket"
    assert account.asked[-1] == "PutBucketTagging"
    assert set(account.asked[2:-1]) == {
        "PutPublicAccessBlock",
        "PutBucketEncryption",
        "PutBucketVersioning",
        "PutBucketLifecycleConfiguration",
        "PutBucketPolicy",
    }


def test_a_bucket_whose_making_was_interrupted_is_finished(account_with: Any) -> None:
    account = account_with(GetBucketTagging="NoSuchTagSet")

    said(supply_bucket(site(account), "demo", {"stax:name": "demo"}))

    assert "CreateBucket" not in account.asked
    assert "PutBucketPolicy" in account.asked
    assert account.asked[-1] == "PutBucketTagging"


def test_a_finished_bucket_of_ours_is_left_alone(account_with: Any) -> None:
    account = account_with(GetBucketTagging={"TagSet": OURS})

    said(supply_bucket(site(account), "demo", {"stax:name": "demo"}))

    assert account.asked == ["GetBucketTagging"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"TagSet": [{"Key": "stax:name", "Value": "other"}]}, "not this stax's"),
        ({"TagSet": [{"Key": "team", "Value": "shop"}]}, "not this stax's"),
        ("AccessDenied", "taken by another account"),
    ],
)
def test_a_bucket_of_somebody_else_is_refused(account_with: Any, answer: Any, words: str) -> None:
    account = account_with(GetBucketTagging=answer)

    with pytest.raises(StaxError, match=words):
        said(supply_bucket(site(account), "demo", {"stax:name": "demo"}))

    assert account.asked == ["GetBucketTagging"]


def test_a_bucket_without_tags_that_holds_something_is_somebody_elses(account_with: Any) -> None:
    account = account_with(GetBucketTagging="NoSuchTagSet", ListObjectVersions={"Versions": [{"Key": "thesis"}]})

    with pytest.raises(StaxError, match="not this stax's"):
        said(supply_bucket(site(account), "demo", {"stax:name": "demo"}))

    assert account.asked == ["GetBucketTagging", "ListObjectVersions"]


def test_a_bucket_call_that_fails_otherwise_is_not_taken_for_an_answer(account_with: Any) -> None:
    with pytest.raises(AwsError):
        said(supply_bucket(site(account_with(GetBucketTagging="SlowDown")), "demo", {}))


def test_only_what_is_missing_is_uploaded(account_with: Any) -> None:
    account = account_with(HeadObject=["404", {}])

    said(upload(site(account), "bucket", {"a": b"1", "b": b"2"}))

    assert account.asked == ["HeadObject", "PutObject", "HeadObject"]
