"""AWS Signature Version 4, seen from the side that checks it.

Both forms are read: the Authorization header, and the query string of a presigned URL.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

from stax_local.front.message import Request
from stax_local.service import ServiceError

ALGORITHM = "AWS4-HMAC-SHA256"
CLOCK_SKEW = timedelta(minutes=15)
"""How far a signature's clock may be off: AWS's own bound."""
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

_AUTHORIZATION = re.compile(r"Credential=(?P<credential>[^,\s]+)\s*,\s*SignedHeaders=(?P<headers>[^,\s]+)\s*,\s*"
                            r"Signature=(?P<signature>[0-9a-f]{64})\s*$")  # fmt: skip


@dataclass(frozen=True)
class Signature:
    """What a signed request says about itself.  `expires_s` is set for presigned URLs only."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    signed_at: str
    expires_s: int | None = None

    @property
    def scope(self) -> str:
        """The credential's scope: date, region, service."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def read_signature(request: Request) -> Signature | None:
    """The request's signature, or None when it carries none.

    Raises ServiceError IncompleteSignature when it carries one that is not of Version 4.
    """
    authorization = request.header("Authorization")
    if authorization:
        return _from_header(authorization, request.header("X-Amz-Date"))
    if "AWSAccessKeyId=" in request.query:
        raise _incomplete("The URL is presigned by Signature Version 2")
    if "X-Amz-Signature=" in request.query:
        return _from_query(dict(parse_qsl(request.query, keep_blank_values=True)))
    return None


def _incomplete(why: str) -> ServiceError:
    return ServiceError("IncompleteSignature", f"{why}; the local region reads {ALGORITHM} only.", status=403)


def _from_header(authorization: str, signed_at: str) -> Signature:
    algorithm, _, rest = authorization.partition(" ")
    found = _AUTHORIZATION.match(rest.strip())
    if algorithm != ALGORITHM or not found:
        raise _incomplete("The Authorization header is not a Signature Version 4")
    return _signature(found["credential"], found["headers"], found["signature"], signed_at)


def _from_query(query: dict[str, str]) -> Signature:
    if query.get("X-Amz-Algorithm") != ALGORITHM or not query.get("X-Amz-Expires", "").isdecimal():
        raise _incomplete("The URL is not presigned by Signature Version 4")
    return _signature(
        query.get("X-Amz-Credential", ""),
        query.get("X-Amz-SignedHeaders", ""),
        query["X-Amz-Signature"],
        query.get("X-Amz-Date", ""),
        int(query["X-Amz-Expires"]),
    )


def _signature(
    credential: str, headers: str, signature: str, signed_at: str, expires_s: int | None = None
) -> Signature:
    parts = credential.split("/")
    if len(parts) != 5 or parts[4] != "aws4_request":
        raise _incomplete("The Credential is not KEY/DATE/REGION/SERVICE/aws4_request")
    return Signature(parts[0], parts[1], parts[2], parts[3].lower(), tuple(headers.split(";")), signature, signed_at,
                     expires_s)  # fmt: skip


def check_signature(request: Request, signature: Signature, secret_access_key: str, now: datetime) -> None:
    """Raise ServiceError unless the request was signed with this secret, lately, over this very body."""
    _check_time(signature, now)
    payload_hash = _payload_hash(request, signature)
    expected = _sign(request, signature, secret_access_key, payload_hash)
    if not hmac.compare_digest(expected, signature.signature):
        raise ServiceError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.",
            status=403,
        )


def _check_time(signature: Signature, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(signature.signed_at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _incomplete("X-Amz-Date is missing or no date") from None
    late = CLOCK_SKEW if signature.expires_s is None else timedelta(seconds=signature.expires_s)
    if not -CLOCK_SKEW <= now - signed_at <= late or signature.signed_at[:8] != signature.date:
        raise ServiceError(
            "RequestTimeTooSkewed" if signature.service == "s3" else "RequestExpired",
            f"The request was signed at {signature.signed_at}, which is too far from {now:%Y%m%dT%H%M%SZ}.",
            status=403,
        )


def _payload_hash(request: Request, signature: Signature) -> str:
    """What the payload signed as: its SHA-256, checked, or one of the markers that S3's clients send instead."""
    if signature.expires_s is not None:
        return request.header("X-Amz-Content-SHA256") or UNSIGNED_PAYLOAD
    declared = request.header("X-Amz-Content-SHA256")
    if declared == UNSIGNED_PAYLOAD or declared.startswith("STREAMING-"):
        return declared
    actual = hashlib.sha256(request.body).hexdigest()
    if declared and declared != actual:
        raise ServiceError(
            "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."
        )
    return actual


def _sign(request: Request, signature: Signature, secret_access_key: str, payload_hash: str) -> str:
    canonical = "\n".join(
        (
            request.method,
            _canonical_path(request.path, signature.service),
            _canonical_query(request.query),
            *(f"{name}:{_canonical_value(request, name)}" for name in signature.signed_headers),
            "",
            ";".join(signature.signed_headers),
            payload_hash,
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join((ALGORITHM, signature.signed_at, signature.scope, digest))
    key = f"AWS4{secret_access_key}".encode()
    for part in (signature.date, signature.region, signature.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def _canonical_path(path: str, service: str) -> str:
    """S3 signs the path as it is sent; everybody else encodes it once more."""
    return quote(unquote(path), safe="/~") if service == "s3" else quote(path or "/", safe="/~")


def _canonical_query(query: str) -> str:
    pairs = sorted(
        (quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~"))
        for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)
        if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in pairs)


def _canonical_value(request: Request, name: str) -> str:
    return ",".join(" ".join(str(value).split()) for value in request.headers.get_all(name, []))
