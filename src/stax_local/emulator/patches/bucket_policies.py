"""Bucket policies that ask for TLS: what they refuse never reaches this region.

moto: a bucket policy's statements are judged without their Condition, so that "deny what comes
without TLS" denies every GetObject, PutObject and HeadObject.
AWS: a statement applies only where its Condition holds; `aws:SecureTransport` is true over TLS.
The region listens on loopback alone, where TLS would guard nothing: all its requests count as secure.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
"""

import json
from collections.abc import Callable
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("bucket_policies")


@PATCH.wraps(FakeBucket, "get_permission")
def _permission(original: Callable[..., Any], self: Any, action: str, resource: str) -> Any:
    if self.policy is None:
        return original(self, action, resource)
    document = json.loads(self.policy)
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    applying = [statement for statement in statements if not _wants_no_tls(statement)]
    if not applying:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({**document, "Statement": applying})).is_action_permitted(action, resource)


def _wants_no_tls(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return str(condition.get("aws:SecureTransport", "true")).lower() == "false"
