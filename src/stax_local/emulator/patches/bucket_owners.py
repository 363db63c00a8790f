"""A bucket that belongs to somebody else than expected is not touched.

moto: ExpectedBucketOwner is ignored.
AWS: 403 AccessDenied when the bucket's owner is another account than the request expects, which
is how a client makes sure that nobody took the name before it.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.responses import S3Response

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("bucket_owners")


def _checked(original: Callable[..., Any], self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
    expected = request.headers.get("x-amz-expected-bucket-owner")
    if expected:
        self.setup_class(request)
        bucket = self.backend.buckets.get(self.bucket_name)
        if bucket is not None and bucket.account_id != expected:
            if request.method == "HEAD":
                return 403, {}, ""
            status, headers, body = self.serialized(ActionResult(S3AccessDeniedError()))
            return 403 if status == 400 else status, headers, body
    return original(self, request, *args, **kwargs)


PATCH.wraps(S3Response, "bucket_response")(_checked)
PATCH.wraps(S3Response, "key_response")(_checked)
