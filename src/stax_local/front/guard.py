"""Who may speak to the region at all: programs of this machine, never a web page.

A web page that the user happens to open can send requests to loopback.  It cannot hide its Origin, and
with a rebound name it cannot hide the Host it believes in; both are refused before anything is read.
"""

import re

from stax_local.front.message import Request
from stax_local.service import ServiceError

_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.)?(?:localhost|127\.0\.0\.1)(?::(?P<port>\d+))?")

# Machines of the region know it by AWS's own names.  A web page cannot rebind those: they are Amazon's.
_AWS_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*\.amazonaws\.com(?::(?:80|443))?")
_AWS_BUCKET = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?::\d+)?"
)


def check_origin(request: Request, port: int) -> None:
    """Raise ServiceError AccessDenied for a request that comes from, or was led here by, a web page."""
    if request.headers.get("Origin") is not None:
        raise _denied("A request with an Origin comes from a web page; the local region does not serve web pages.")
    host = request.header("Host")
    if _AWS_HOST.fullmatch(host.lower()):
        return
    found = _HOST.fullmatch(host.lower())
    if not found or int(found["port"] or 80) != port:
        raise _denied(f"Host {host!r} is not this region; it is 127.0.0.1:{port} or localhost:{port}.")


def check_path(request: Request) -> None:
    """Raise ServiceError AccessDenied for the emulator's own controls: they can wipe the account unasked."""
    if request.path.startswith(("/moto-api", "/favicon.ico", "/latest/")):
        raise _denied(f"The local region has nothing at {request.path}.")


def bucket_in_host(host: str) -> str:
    """The bucket of a request to `bucket.localhost:4599` or `bucket.s3.amazonaws.com`, or nothing."""
    found = _HOST.fullmatch(host.lower()) or _AWS_BUCKET.fullmatch(host.lower())
    return (found["bucket"] or "") if found else ""


def _denied(message: str) -> ServiceError:
    return ServiceError("AccessDenied", message, status=403)
