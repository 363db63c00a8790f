"""A bucket's tags go with it.

moto: keeps the tags of a bucket that is deleted, and the next bucket of that name is born with them.
AWS: a new bucket has no tags, whoever had its name before.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
"""

from collections.abc import Callable
from typing import Any

from moto.s3.models import S3Backend

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("bucket_tags")


@PATCH.wraps(S3Backend, "delete_bucket")
def _with_its_tags(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    deleted = original(self, *args, **kwargs)
    if deleted is not None:
        self.tagger.delete_all_tags_for_resource(deleted.arn)
    return deleted
