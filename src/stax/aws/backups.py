"""The backups that the docker hosts put into the stax's bucket: `backups/CLUSTER/MOMENT…`."""

from stax.aws.errors import AwsError
from stax.aws.s3 import GONE
from stax.aws.session import Aws
from stax.model.checkup import Backup

FOLDER = "backups/"


def backups(aws: Aws, bucket: str) -> list[Backup]:
    """Return them, the newest first; none where there is no bucket."""
    try:
        found = list(aws.pages("s3", "ListObjectsV2", "Contents", Bucket=bucket, Prefix=FOLDER))
    except AwsError as error:
        if error.code not in GONE:
            raise
        return []
    listed = [
        Backup(
            cluster=one["Key"].removeprefix(FOLDER).partition("/")[0],
            key=one["Key"],
            at=one["LastModified"],
            size_bytes=one["Size"],
        )
        for one in found
    ]
    return sorted(listed, key=lambda one: (one.at, one.key), reverse=True)
