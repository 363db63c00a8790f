"""Buckets and their policies.  A bucket that is not empty is not deleted."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.resources.iam import as_json
from stax_local.cloudformation.shapes import (
    DOCUMENT,
    FLAG,
    TAGS,
    TEXT,
    WHOLE,
    ListOf,
    ResourceType,
    Text,
    replaces,
    structure,
    updates,
)  # fmt: skip
from stax_local.cloudformation.work import Change, Live, Properties, ResourceFailure, Work, code_of, or_absent

LONGEST_BUCKET = 63

_ENCRYPTION = structure(
    "ServerSideEncryptionConfiguration",
    ServerSideEncryptionConfiguration=ListOf(
        structure(
            BucketKeyEnabled=FLAG,
            ServerSideEncryptionByDefault=structure("SSEAlgorithm", SSEAlgorithm=TEXT, KMSMasterKeyID=TEXT),
        )
    ),
)
_PUBLIC_ACCESS = structure(
    BlockPublicAcls=FLAG, BlockPublicPolicy=FLAG, IgnorePublicAcls=FLAG, RestrictPublicBuckets=FLAG
)
_LIFECYCLE = structure(
    "Rules",
    Rules=ListOf(
        structure(
            "Status",
            AbortIncompleteMultipartUpload=structure("DaysAfterInitiation", DaysAfterInitiation=WHOLE),
            ExpirationInDays=WHOLE,
            ExpiredObjectDeleteMarker=FLAG,
            Id=TEXT,
            NoncurrentVersionExpiration=structure(
                "NoncurrentDays", NewerNoncurrentVersions=WHOLE, NoncurrentDays=WHOLE
            ),
            Prefix=TEXT,
            Status=Text(("Enabled", "Disabled")),
        )
    ),
)
_OWNERSHIP = structure("Rules", Rules=ListOf(structure(ObjectOwnership=TEXT)))

Setting = Callable[[Any, str, Any], Any]


def _encrypt(s3: Any, bucket: str, wanted: Mapping[str, Any]) -> None:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": each.get("ServerSideEncryptionByDefault", {"SSEAlgorithm": "AES256"}),
            "BucketKeyEnabled": each.get("BucketKeyEnabled", False),
        }
        for each in wanted["ServerSideEncryptionConfiguration"]
    ]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _age(s3: Any, bucket: str, wanted: Mapping[str, Any]) -> None:
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [_lifecycle_rule(each) for each in wanted["Rules"]]}
    )


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    members = {"Id": "ID", "Status": "Status"}
    same = ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration")
    answer = {theirs: rule[ours] for ours, theirs in members.items() if ours in rule}
    answer |= {name: rule[name] for name in same if name in rule}
    expiration = {"ExpirationInDays": "Days", "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker"}
    if expires := {theirs: rule[ours] for ours, theirs in expiration.items() if ours in rule}:
        answer["Expiration"] = expires
    return {**answer, "Filter": {"Prefix": rule.get("Prefix", "")}}


_SETTINGS: Mapping[str, tuple[Setting, Setting]] = {
    "BucketEncryption": (_encrypt, lambda s3, bucket, _: s3.delete_bucket_encryption(Bucket=bucket)),
    "LifecycleConfiguration": (_age, lambda s3, bucket, _: s3.delete_bucket_lifecycle(Bucket=bucket)),
    "OwnershipControls": (
        lambda s3, bucket, wanted: s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=wanted),
        lambda s3, bucket, _: s3.delete_bucket_ownership_controls(Bucket=bucket),
    ),
    "PublicAccessBlockConfiguration": (
        lambda s3, bucket, wanted: s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=wanted),
        lambda s3, bucket, _: s3.delete_public_access_block(Bucket=bucket),
    ),
    "VersioningConfiguration": (
        lambda s3, bucket, wanted: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=wanted),
        lambda s3, bucket, _: s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}),
    ),
}
"""Property → how it is set, how it is taken away."""


def _create_bucket(work: Work, properties: Properties) -> str:
    s3, name = work.client("s3"), _bucket_name(work, properties)
    place = {} if work.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": work.region}}
    if "BucketName" in properties and _is_taken(work, name):
        # S3 itself says so only outside us-east-1.
        raise ResourceFailure(f"{name} already exists")
    work.made(name)  # before the call: a bucket has no tag from which to tell later who made it
    s3.create_bucket(Bucket=name, **place)
    for setting, (put, _) in _SETTINGS.items():
        if setting in properties:
            put(s3, name, properties[setting])
    if tags := tagging.merged(properties, work.tags):
        _tag(work, name, tags)
    return name


def _bucket_name(work: Work, properties: Properties) -> str:
    return str(properties.get("BucketName") or work.name(LONGEST_BUCKET).lower())


def _bucket_left(work: Work, properties: Properties) -> list[str]:
    """Return the bucket if its name is random, or if it has been made since an operation began that was cut off."""
    name = _bucket_name(work, properties)
    if "BucketName" not in properties:
        return [name]
    begun = work.resumed_since.replace(microsecond=0) if work.resumed_since else None  # S3 counts in seconds
    mine = work.client("s3").list_buckets()["Buckets"]
    return [name] if begun and any(each["Name"] == name and each["CreationDate"] >= begun for each in mine) else []


def _is_taken(work: Work, name: str) -> bool:
    try:
        return or_absent(work.client("s3").head_bucket, Bucket=name) is not None
    except ClientError as error:
        if code_of(error) == "403":  # somebody else's
            return True
        raise


def _tag(work: Work, name: str, tags: Mapping[str, str]) -> None:
    # S3 takes aws: tags from nobody but CloudFormation itself, which this engine cannot be to it.
    allowed = {key: value for key, value in tags.items() if not key.startswith("aws:")}
    if allowed:
        work.client("s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": tagging.as_list(allowed)})
    else:
        or_absent(work.client("s3").delete_bucket_tagging, Bucket=name)


def _update_bucket(work: Work, change: Change) -> None:
    s3 = work.client("s3")
    for setting, (put, take_away) in _SETTINGS.items():
        if change.touches(setting):
            wanted = change.after.get(setting)
            (put if wanted is not None else take_away)(s3, change.physical_id, wanted)
    changed, gone = tagging.differing(change)
    if changed or gone:
        _tag(work, change.physical_id, tagging.merged(change.after, change.tags_after))


def _read_bucket(work: Work, name: str, _properties: Properties) -> Live | None:
    s3 = work.client("s3")
    if or_absent(s3.head_bucket, Bucket=name) is None:
        return None
    # S3 says NoSuchTagSet for none at all.
    tagged = or_absent(s3.get_bucket_tagging, Bucket=name) or {"TagSet": []}
    live: dict[str, Any] = {"BucketName": name, "Tags": tagging.own(tagged["TagSet"])}
    if status := s3.get_bucket_versioning(Bucket=name).get("Status"):
        live["VersioningConfiguration"] = {"Status": status}
    if blocked := or_absent(s3.get_public_access_block, Bucket=name):
        live["PublicAccessBlockConfiguration"] = blocked["PublicAccessBlockConfiguration"]
    attributes = {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{work.region}.amazonaws.com",
        "DualStackDomainName": f"{name}.s3.dualstack.{work.region}.amazonaws.com",
        "WebsiteURL": f"http://{name}.s3-website-{work.region}.amazonaws.com",
    }
    return Live(live, attributes)


def _delete_bucket(work: Work, name: str, _properties: Properties) -> None:
    work.client("s3").delete_bucket(Bucket=name)


BUCKET = ResourceType(
    "AWS::S3::Bucket",
    {
        "BucketEncryption": updates(_ENCRYPTION, hidden=True),
        "BucketName": replaces(),
        "LifecycleConfiguration": updates(_LIFECYCLE, hidden=True),
        "OwnershipControls": updates(_OWNERSHIP, hidden=True),
        "PublicAccessBlockConfiguration": updates(_PUBLIC_ACCESS),
        "Tags": updates(TAGS),
        "VersioningConfiguration": updates(structure("Status", Status=Text(("Enabled", "Suspended")))),
    },
    _create_bucket,
    _read_bucket,
    _delete_bucket,
    _update_bucket,
    _bucket_left,
    frozenset({"Arn", "DomainName", "RegionalDomainName", "DualStackDomainName", "WebsiteURL"}),
)


def _put_policy(work: Work, properties: Properties) -> str:
    bucket = str(properties["Bucket"])
    work.client("s3").put_bucket_policy(Bucket=bucket, Policy=as_json(properties["PolicyDocument"]))
    work.made(bucket)
    return bucket


def _update_policy(work: Work, change: Change) -> None:
    policy = as_json(change.after["PolicyDocument"])
    work.client("s3").put_bucket_policy(Bucket=change.physical_id, Policy=policy)


def _read_policy(work: Work, bucket: str, _properties: Properties) -> Live | None:
    found = or_absent(work.client("s3").get_bucket_policy, Bucket=bucket)
    return Live({"Bucket": bucket, "PolicyDocument": json.loads(found["Policy"])}) if found else None


def _delete_policy(work: Work, bucket: str, _properties: Properties) -> None:
    work.client("s3").delete_bucket_policy(Bucket=bucket)


BUCKET_POLICY = ResourceType(
    "AWS::S3::BucketPolicy",
    {"Bucket": replaces(required=True), "PolicyDocument": updates(DOCUMENT, required=True)},
    _put_policy,
    _read_policy,
    _delete_policy,
    _update_policy,
)

TYPES = (BUCKET, BUCKET_POLICY)
