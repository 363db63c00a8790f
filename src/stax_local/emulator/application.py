"""moto's services as one WSGI application, without moto's server.

moto's own server adds Flask, answers every origin, keeps a control API that wipes the account
(`/moto-api/`) and turns bugs into HTML.  Here a request goes to the service that its signature
names, straight to moto's response class; whatever moto raises is raised to the caller, who knows
how to say it in the service's protocol.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from stax_local.emulator.backends import backends

SERVICES: Mapping[str, str] = {
    "ec2": "ec2",
    "iam": "iam",
    "kms": "kms",
    "monitoring": "cloudwatch",
    "s3": "s3",
    "ssm": "ssm",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
}
"""The services that are served, by the name requests are signed with, and moto's name for each."""

GLOBAL_SERVICES = frozenset({"iam", "s3", "sts"})
"""moto keeps these per partition, not per region."""

Handler = Callable[[Request, str, Any], tuple[int, Mapping[str, Any], str | bytes]]
Environ = dict[str, Any]
_SIGNED_FOR = re.compile(r"Credential=[^/,\s]+/\d{8}/[^/,\s]+/([^/,\s]+)/aws4_request")


class UnknownServiceError(Exception):
    """The request is signed for a service that the emulator does not serve."""

    def __init__(self, service: str) -> None:
        super().__init__(f"the local region has no service {service!r}; it has {', '.join(sorted(SERVICES))}")
        self.service = service


class Application:
    """A WSGI application.  Raises NotImplementedError for an action moto lacks, and moto's bugs as they are."""

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.from_wsgi_server = True
        account_id = request.headers.get("x-moto-account-id", DEFAULT_ACCOUNT_ID)
        handler = _handler(service_of(request), account_id, request.raw_path)
        try:
            status, headers, body = handler(request, request.raw_url, request.headers)
        except HTTPException as error:
            status, headers, body = error.code or 500, dict(error.get_headers()), error.get_body()
        return _response(request, status, headers, body)(environ, start_response)


@lru_cache
def application() -> Application:
    """Return the one application of this process; `prepare()` first."""
    return Application()


def service_of(request: Request) -> str:
    """Return the service a request is signed for; unsigned requests are S3's, as on AWS (public objects)."""
    credential = request.args.get("X-Amz-Credential", "")
    signed = _SIGNED_FOR.search(request.headers.get("Authorization", "") or f"Credential={credential}")
    return signed.group(1).lower() if signed else "s3"


def _response(request: Request, status: int, headers: Mapping[str, Any], body: str | bytes) -> Response:
    response = Response(body, status=status, headers={name: str(value) for name, value in headers.items()})
    if request.method == "HEAD":
        length = next((value for name, value in headers.items() if name.lower() == "content-length"), None)
        if length is not None:  # of the object, which a HEAD describes and does not send
            response.headers["Content-Length"] = str(length)
            response.automatically_set_content_length = False
    return response


def _handler(service: str, account_id: str, path: str) -> Handler:
    for pattern, handler in _routes(service, account_id):
        if pattern.match(path):
            return handler
    raise NotImplementedError(f"{service} has nothing at {path}")


@lru_cache
def _routes(service: str, account_id: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    """Return moto's patterns of paths and what answers them, in moto's order."""
    if service not in SERVICES:
        raise UnknownServiceError(service)
    return tuple(_paths(SERVICES[service], account_id, "aws" if service in GLOBAL_SERVICES else "us-east-1"))


def _paths(moto_name: str, account_id: str, any_region: str) -> Iterator[tuple[re.Pattern[str], Handler]]:
    # The patterns are the same in every account and region; a backend has to exist to be asked: the caller's.
    backend = backends(moto_name)[account_id][any_region]
    for path, handler in backend.url_paths.items():
        yield re.compile(path), handler
