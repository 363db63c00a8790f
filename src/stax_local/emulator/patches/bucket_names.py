"""Names of buckets, as they can be part of a host name.

moto: looks at the length alone.
AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

from moto.s3.exceptions import InvalidBucketName
from moto.s3.models import S3Backend

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("bucket_names")

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_RESERVED = re.compile(r"^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$")


@PATCH.wraps(S3Backend, "create_bucket")
def _create(original: Callable[..., Any], self: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
    if not _NAME.fullmatch(bucket_name) or _RESERVED.search(bucket_name) or _is_address(bucket_name):
        raise InvalidBucketName
    return original(self, bucket_name, *args, **kwargs)


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
