"""The one bucket of a stax: private, encrypted, versioned; made, filled, emptied, deleted."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stax.aws.errors import AwsError
from stax.aws.session import Aws

GONE = {"NoSuchBucket", "404", "NotFound"}
MAXIMUM_KEYS_PER_DELETE = 1000

# What a version is still good for: going back after an update.  Nothing in the bucket is a record of anything.
NONCURRENT_DAYS = 30
MULTIPART_DAYS = 1


def bucket_tags(aws: Aws, bucket: str) -> dict[str, str] | None:
    """Return the bucket's tags, None when there is none.  Raises AwsError (403) for one of another account."""
    try:
        answer = _owned(aws, "GetBucketTagging", bucket)
    except AwsError as error:
        if error.code in GONE:
            return None
        if error.code == "NoSuchTagSet":
            return {}
        raise
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}


def is_of(aws: Aws, bucket: str, tags: Mapping[str, str], name: str) -> bool:
    """Tell whether a bucket with these tags is that stax's: by its tag, or still without one and without content.

    The tag is set before anything is put in: so a create leaves a bucket that is interrupted early.
    """
    if tags:
        return tags.get("stax:name") == name
    answer = _owned(aws, "ListObjectVersions", bucket, MaxKeys=1)
    return not (answer.get("Versions") or answer.get("DeleteMarkers"))


def create_bucket(aws: Aws, bucket: str) -> None:
    """Make the bucket; one that this account owns already is fine."""
    place = {} if aws.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
    try:
        aws.call("s3", "CreateBucket", Bucket=bucket, ObjectOwnership="BucketOwnerEnforced", **place)
    except AwsError as error:
        if error.code != "BucketAlreadyOwnedByYou":
            raise


def tag_bucket(aws: Aws, bucket: str, tags: Mapping[str, str]) -> None:
    """Set the bucket's tags."""
    tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
    _owned(aws, "PutBucketTagging", bucket, Tagging={"TagSet": tag_set})


def secure_bucket(aws: Aws, bucket: str) -> None:
    """Close the bucket to everybody else, and have it encrypt, keep versions and forget old ones."""
    closed = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    _owned(aws, "PutPublicAccessBlock", bucket, PublicAccessBlockConfiguration=dict.fromkeys(closed, True))
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    _owned(aws, "PutBucketEncryption", bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    _owned(aws, "PutBucketVersioning", bucket, VersioningConfiguration={"Status": "Enabled"})
    _owned(aws, "PutBucketLifecycleConfiguration", bucket, LifecycleConfiguration=_expiry())
    _owned(aws, "PutBucketPolicy", bucket, Policy=json.dumps(_tls_only(bucket, _partition(aws))))


def has_object(aws: Aws, bucket: str, key: str) -> bool:
    """Say whether the object is there; its key is its content's hash, so then it is right."""
    try:
        _owned(aws, "HeadObject", bucket, Key=key)
    except AwsError as error:
        if error.code in {"404", "NoSuchKey", "NotFound"}:
            return False
        raise
    return True


def put_object(aws: Aws, bucket: str, key: str, content: bytes) -> None:
    """Upload one object."""
    _owned(aws, "PutObject", bucket, Key=key, Body=content)


def get_object(aws: Aws, bucket: str, key: str) -> bytes:
    """Return one object's content."""
    content: bytes = _owned(aws, "GetObject", bucket, Key=key)["Body"].read()
    return content


def empty_bucket(aws: Aws, bucket: str) -> int:
    """Delete every version, delete marker and unfinished upload; return how many there were."""
    count = 0
    for upload in list(aws.pages("s3", "ListMultipartUploads", "Uploads", Bucket=bucket)):
        _owned(aws, "AbortMultipartUpload", bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        count += 1
    for batch in _batches(_versions(aws, bucket)):
        answer = _owned(aws, "DeleteObjects", bucket, Delete={"Objects": batch, "Quiet": True})
        if errors := answer.get("Errors"):
            first = errors[0]
            message = f"{len(errors)} objects of {bucket} cannot be deleted; {first.get('Key')}: {first.get('Message')}"
            raise AwsError(message, code=first.get("Code", "Unknown"), operation="DeleteObjects")
        count += len(batch)
    return count


def delete_bucket(aws: Aws, bucket: str) -> None:
    """Delete the empty bucket; one that is gone is fine."""
    try:
        _owned(aws, "DeleteBucket", bucket)
    except AwsError as error:
        if error.code not in GONE:
            raise


def buckets(aws: Aws, prefix: str) -> list[str]:
    """Return the names of this account's buckets that begin so."""
    return [b["Name"] for b in aws.call("s3", "ListBuckets").get("Buckets", ()) if b["Name"].startswith(prefix)]


def _owned(aws: Aws, operation: str, bucket: str, /, **parameters: Any) -> dict[str, Any]:
    """Call an operation on a bucket of this account only, never on a namesake somebody else has taken."""
    return aws.call("s3", operation, Bucket=bucket, ExpectedBucketOwner=aws.identity.account_id, **parameters)


def _versions(aws: Aws, bucket: str) -> Iterator[dict[str, str]]:
    """Yield all versions and delete markers.  Read page by page: a page holds both kinds."""
    token: dict[str, str] = {}
    while True:
        page = _owned(aws, "ListObjectVersions", bucket, **token)
        for item in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
            yield {"Key": item["Key"], "VersionId": item["VersionId"]}
        if not page.get("IsTruncated"):
            return
        token = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker", "")}


def _batches(objects: Iterator[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    batch: list[dict[str, str]] = []
    for item in objects:
        batch.append(item)
        if len(batch) == MAXIMUM_KEYS_PER_DELETE:
            yield batch
            batch = []
    if batch:
        yield batch


def _expiry() -> dict[str, Any]:
    rule = {
        "ID": "forget-old-versions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": NONCURRENT_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": MULTIPART_DAYS},
    }
    return {"Rules": [rule]}


def _partition(aws: Aws) -> str:
    return aws.identity.arn.split(":")[1]


def _tls_only(bucket: str, partition: str) -> dict[str, Any]:
    arn = f"arn:{partition}:s3:::{bucket}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
