"""One HTTP exchange: bounded in time and size, no proxy, no redirect."""

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from stax_agent.setback import Setback

LARGEST_BYTES = 8 << 20
"""A hundred described instances are some 500 KB."""
_PART_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent: to a whole address such as https://ssm.eu-west-1.amazonaws.com/."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def exchange(request: Request, *, timeout_s: float, largest_bytes: int = LARGEST_BYTES) -> tuple[int, bytes]:
    """Send a request and return the status and the body of the answer; raises Setback when none comes."""
    address = urlsplit(request.url)
    connection = _connection(address.scheme, address.netloc, timeout_s)
    try:
        path = address.path or "/"
        connection.request(request.method, path, body=request.body or None, headers=dict(request.headers))
        answer = connection.getresponse()
        body = _body(answer, time.monotonic() + timeout_s, largest_bytes)
    except (OSError, http.client.HTTPException) as error:
        raise Setback(f"{address.netloc} does not answer: {error or type(error).__name__}") from error
    finally:
        connection.close()
    return answer.status, body


def _body(answer: http.client.HTTPResponse, deadline_s: float, largest_bytes: int) -> bytes:
    """Read an answer that is neither endless nor slower than it may be."""
    body = b""
    while part := answer.read1(_PART_BYTES):
        body += part
        if len(body) > largest_bytes:
            raise OSError(f"more than {largest_bytes} bytes")
        if time.monotonic() > deadline_s:
            raise TimeoutError("the answer takes too long")
    return body


def _connection(scheme: str, netloc: str, timeout_s: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=timeout_s, context=_trust())
    return http.client.HTTPConnection(netloc, timeout=timeout_s)


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own certificate authorities."""
    return ssl.create_default_context()
