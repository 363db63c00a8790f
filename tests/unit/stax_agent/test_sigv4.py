"""The signature is the one that AWS's own SDK makes."""

import hashlib
from datetime import UTC, datetime

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SdkCredentials
from hypothesis import given
from hypothesis import strategies as st

from stax_agent.imds import Credentials
from stax_agent.sigv4 import signed

ROLE = Credentials(
    access_key_id="AKIDEXAMPLE", secret_access_key="wJalr/K7", token="t0ken==", expires_at=datetime.now(UTC)
)


@given(st.binary(max_size=300), st.sampled_from(["ssm", "ec2"]), st.sampled_from(["eu-west-1", "cn-north-1"]))
def test_any_body_is_signed_as_the_sdk_signs_it(body: bytes, service: str, region: str):
    headers = {
        "Host": f"{service}.{region}.amazonaws.com",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "A.B",
    }
    at = datetime.now(UTC)

    ours = signed(headers, body, credentials=ROLE, scope=(region, service), at=at)

    request = AWSRequest("POST", f"https://{headers['Host']}/", data=body, headers=headers)
    request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = ours["X-Amz-Date"]
    request.headers["X-Amz-Security-Token"] = ROLE.token
    signer = SigV4Auth(SdkCredentials(ROLE.access_key_id, ROLE.secret_access_key, ROLE.token), service, region)
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert ours["Authorization"].endswith(f"Signature={signature}")


def test_the_secret_key_is_in_no_header():
    headers = signed({"Host": "h"}, b"", credentials=ROLE, scope=("r", "s"), at=datetime.now(UTC))

    assert not [value for value in headers.values() if ROLE.secret_access_key in value]


def test_an_object_that_is_put_is_signed_as_the_sdk_signs_it():
    body, at, path = b"content", datetime.now(UTC), "/bucket/backups/etcd/2026-01-01T00-00-00Z.db"
    headers = {"Host": "s3.eu-west-1.amazonaws.com", "X-Amz-Content-Sha256": hashlib.sha256(body).hexdigest()}

    ours = signed(headers, body, credentials=ROLE, scope=("eu-west-1", "s3"), at=at, line=f"PUT {path}")

    request = AWSRequest("PUT", f"https://{headers['Host']}{path}", data=body, headers=headers)
    request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = ours["X-Amz-Date"]
    request.headers["X-Amz-Security-Token"] = ROLE.token
    credentials = SdkCredentials(ROLE.access_key_id, ROLE.secret_access_key, ROLE.token)
    signer = S3SigV4Auth(credentials, "s3", "eu-west-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert ours["Authorization"].endswith(f"Signature={signature}")
