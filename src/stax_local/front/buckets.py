"""Where a bucket is: the one question that S3 answers without a signature.

SDKs, and with them Ignition, ask it before they fetch an object: an unsigned HEAD of the bucket is
refused, and the refusal names the region.
"""

from collections.abc import Callable

from stax_local.front.message import Request, Response

REGION_HEADER = "x-amz-bucket-region"


def asks_for_region(request: Request) -> bool:
    """Whether this is that question."""
    is_signed = request.header("Authorization") or "X-Amz-Signature" in request.query
    bucket = request.path.strip("/")
    return request.method == "HEAD" and not is_signed and bool(bucket) and "/" not in bucket


def say_region(request: Request, ask: Callable[[Request], Response]) -> Response:
    """Refuse, and name the region that the emulator knows; 404 when there is no such bucket."""
    region = ask(request).header(REGION_HEADER)
    return Response(403, ((REGION_HEADER, region),)) if region else Response(404)
