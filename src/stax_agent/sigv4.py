"""AWS's signature, version 4, of requests without a query: all that the agent's calls are.

Pure; see "Create a signed AWS API request" in the IAM User Guide.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from stax_agent.imds import Credentials


def signed(  # noqa: PLR0913 - all that a signature is made of
    headers: Mapping[str, str],
    body: bytes,
    *,
    credentials: Credentials,
    scope: tuple[str, str],
    at: datetime,
    line: str = "POST /",
) -> dict[str, str]:
    """Return the headers with date, token and signature added; `scope` is region and service.

    The headers must include Host; `line` is the method and the path, as it is sent.
    """
    moment, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    whole = {**headers, "X-Amz-Date": moment, "X-Amz-Security-Token": credentials.token}
    names = sorted(whole, key=str.lower)
    listed = ";".join(name.lower() for name in names)
    canonical = "".join(f"{name.lower()}:{whole[name].strip()}\n" for name in names)
    method, _, path = line.partition(" ")
    request = f"{method}\n{path}\n\n{canonical}\n{listed}\n{hashlib.sha256(body).hexdigest()}"
    place = f"{day}/{scope[0]}/{scope[1]}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{place}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in (day, *scope, "aws4_request"):
        key = _keyed(key, part)
    signature = _keyed(key, text).hex()
    credential = f"{credentials.access_key_id}/{place}"
    whole["Authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={listed}, Signature={signature}"
    return whole


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
