"""S3 sub-resources that the emulator does not know, refused by name.

Asked for one of these it would answer as if the bucket or the object itself had been asked for: a
`PUT /bucket/key?annotation` would overwrite the object.
"""

from urllib.parse import parse_qsl

from stax_local.front.call import Call
from stax_local.service import ServiceError

UNKNOWN = frozenset({
    "abac",
    "analytics",
    "annotation",
    "intelligent-tiering",
    "metadataAnnotationTable",
    "metadataConfiguration",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataTable",
    "metrics",
    "renameObject",
    "requestPayment",
    "session",
    "torrent",
})  # fmt: skip
"""Of those in botocore's model of S3, the ones that moto's never looks for."""


def check_subresource(call: Call) -> None:
    """Raise ServiceError NotImplemented for a sub-resource of S3 that would be mistaken for something else."""
    if call.service != "s3" or not call.request.query:
        return
    for name, _ in parse_qsl(call.request.query, keep_blank_values=True):
        if name in UNKNOWN:
            message = f"The local region does not do s3 ?{name} ({call.operation})."
            raise ServiceError("NotImplemented", message, status=501)
