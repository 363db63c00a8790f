"""Which tags a caller of EC2 may set: the emulator takes any.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html (restrictions)
Keys that begin with `aws:` are for AWS's own services; those of the region set theirs with the region's own key.
"""

import re

from stax_local.front.call import Call
from stax_local.front.keyring import Key
from stax_local.service import ServiceError

KEY_LIMIT, VALUE_LIMIT = 127, 256
_TAG = re.compile(r"((?:.+\.)?Tag\.)\d+\.(Key|Value)")


def check_tags(call: Call, key: Key) -> None:
    """Raise the ServiceError that EC2 answers to tags that nobody may have."""
    if call.service != "ec2" or key.is_internal:
        return
    seen: set[tuple[str, str]] = set()
    for name, text in call.form:
        found = _TAG.fullmatch(name)
        if not found:
            continue
        if found[2] == "Key" and (found[1], text) in seen:
            raise _refused(f"Duplicate tag key '{text}' specified.")
        seen.add((found[1], text))
        _check(found[2], text)


def _check(part: str, text: str) -> None:
    if part == "Key" and text.lower().startswith("aws:"):
        raise _refused("Tag keys starting with 'aws:' are reserved for internal use")
    limit = KEY_LIMIT if part == "Key" else VALUE_LIMIT
    if len(text) > limit:
        raise _refused(f"Tag {part.lower()} exceeds the maximum length of {limit} characters")


def _refused(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValue", message)
