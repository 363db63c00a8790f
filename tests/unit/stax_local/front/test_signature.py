"""Signatures are made here by botocore, which is what signs in the field."""

from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from stax_local.front.message import Request
from stax_local.front.signature import check_signature, read_signature
from stax_local.service import ServiceError

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY = Credentials("AKIAIOSFODNN7EXAMPLE", SECRET)
URL = "http://127.0.0.1:4599"


def signed(method: str, url: str, body: bytes = b"", *, signer: type = SigV4Auth, service: str = "ec2") -> Request:
    made = AWSRequest(method=method, url=url, data=body)
    made.context["payload_signing_enabled"] = True
    auth: Any = signer(KEY, service, "us-east-1")
    auth.add_auth(made)
    return as_request(made, body)


def as_request(made: Any, body: bytes) -> Request:
    headers = Message()
    for name, value in made.headers.items():
        headers[name] = value
    parts = urlsplit(made.prepare().url)
    if "Host" not in headers:
        headers["Host"] = parts.netloc
    return Request(made.method, f"{parts.path}?{parts.query}" if parts.query else parts.path, headers, body)


def check(request: Request, *, secret: str = SECRET, now: datetime | None = None) -> None:
    signature = read_signature(request)
    assert signature is not None
    check_signature(request, signature, secret, now or datetime.now(UTC))


@pytest.mark.parametrize(
    ("method", "path", "signer", "service"),
    [
        ("POST", "/", SigV4Auth, "ec2"),
        ("GET", "/?Action=DescribeVpcs&Filter.1.Value=a%20b%2Fc&empty=", SigV4Auth, "ec2"),
        ("PUT", "/bucket/a%20b/c%2Bd%20%C3%A9~.txt", S3SigV4Auth, "s3"),
        ("GET", "/bucket?list-type=2&prefix=a%2Fb&versions", S3SigV4Auth, "s3"),
    ],
)
def test_takes_what_botocore_signed(method: str, path: str, signer: type, service: str) -> None:
    check(signed(method, URL + path, b"Action=DescribeVpcs", signer=signer, service=service))


def test_takes_a_presigned_url_until_it_expires() -> None:
    made = AWSRequest(method="GET", url=f"{URL}/bucket/key%20with%20space")
    S3SigV4QueryAuth(KEY, "s3", "us-east-1", expires=60).add_auth(made)
    request = as_request(made, b"")

    check(request)
    with pytest.raises(ServiceError, match="RequestTimeTooSkewed"):
        check(request, now=datetime.now(UTC) + timedelta(seconds=61))


def test_names_the_service_region_and_key_that_were_signed_for() -> None:
    signature = read_signature(signed("POST", f"{URL}/"))
    assert signature
    assert (signature.service, signature.region, signature.access_key_id) == (
        "ec2",
        "us-east-1",
        "AKIAIOSFODNN7EXAMPLE",
    )


def test_an_unsigned_request_has_no_signature() -> None:
    assert read_signature(Request("GET", "/", Message())) is None


@pytest.mark.parametrize("part", ["body", "path", "query", "method", "secret"])
def test_refuses_what_was_changed_after_signing(part: str) -> None:
    request = signed("POST", f"{URL}/a?b=c", b"Action=DescribeVpcs")
    changed = {
        "body": Request("POST", "/a?b=c", request.headers, b"Action=TerminateInstances"),
        "path": Request("POST", "/b?b=c", request.headers, request.body),
        "query": Request("POST", "/a?b=d", request.headers, request.body),
        "method": Request("PUT", "/a?b=c", request.headers, request.body),
        "secret": request,
    }[part]
    with pytest.raises(ServiceError, match="SignatureDoesNotMatch") as refusal:
        check(changed, secret="another" if part == "secret" else SECRET)
    assert refusal.value.status == 403


@pytest.mark.parametrize("minutes", [-16, 16])
def test_refuses_a_clock_more_than_a_quarter_of_an_hour_off(minutes: int) -> None:
    with pytest.raises(ServiceError, match="RequestExpired"):
        check(signed("POST", f"{URL}/"), now=datetime.now(UTC) + timedelta(minutes=minutes))


def test_refuses_a_body_that_is_not_what_its_own_header_says() -> None:
    request = signed("PUT", f"{URL}/bucket/key", b"template", signer=S3SigV4Auth, service="s3")
    with pytest.raises(ServiceError, match="XAmzContentSHA256Mismatch"):
        check(Request("PUT", request.target, request.headers, b"another"))


@pytest.mark.parametrize(
    "authorization",
    ["AWS AKIA:signature", "AWS4-HMAC-SHA256 Credential=AKIA", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, "
     "Signature=" + "0" * 64, "Bearer token", "AWS4-ECDSA-P256-SHA256 Credential=x"],
)  # fmt: skip
def test_refuses_other_signatures_by_name(authorization: str) -> None:
    headers = Message()
    headers["Authorization"] = authorization
    with pytest.raises(ServiceError, match="IncompleteSignature"):
        read_signature(Request("GET", "/", headers))


@pytest.mark.parametrize("query", ["AWSAccessKeyId=A&Signature=B&Expires=1", "X-Amz-Signature=00"])
def test_refuses_other_presigned_urls_by_name(query: str) -> None:
    with pytest.raises(ServiceError, match="IncompleteSignature"):
        read_signature(Request("GET", f"/bucket/key?{query}", Message()))
