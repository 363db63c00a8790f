"""botocore clients that speak to this very region: the way in for its own engine and control loops.

Their requests are signed, guarded, locked and logged like anybody's; only the sockets between are
left out, so a call costs half and may be made by a thread that holds the lock of the accounts.
"""

import io
import os
import threading
from collections.abc import Callable
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from urllib3.response import HTTPResponse

from stax_local.front.keyring import Key
from stax_local.front.message import Request, Response

_PROFILE = "region"

Front = Callable[[Request], Response]


class RegionClients:
    """Makes a client once per service and AWS region, and keeps it."""

    def __init__(self, endpoint_url: str, key: Key, front: Front) -> None:
        self._endpoint_url = endpoint_url
        self._key = key
        self._front = front
        self._session = _session()
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, service: str, region: str) -> Any:
        """The client of a service, by botocore's name for it."""
        with self._lock:
            known = self._clients.get((service, region))
            if known is None:
                known = self._clients[service, region] = self._make(service, region)
        return known

    def _make(self, service: str, region: str) -> Any:
        client = self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            aws_access_key_id=self._key.access_key_id,
            aws_secret_access_key=self._key.secret_access_key,
            config=Config(
                retries={"total_max_attempts": 1},  # a region that fails a call of its own should hear of it
                s3={"addressing_style": "path"},
            ),
        )
        client.meta.events.register_first("before-send", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_context: Any) -> AWSResponse:
        """Answer in place of the network, as botocore's `before-send` event allows."""
        response = self._front(_request(request))
        headers = HeadersDict(response.headers)
        raw = HTTPResponse(io.BytesIO(response.body), headers=dict(response.headers), preload_content=False)
        return AWSResponse(request.url, response.status, headers, raw)


def _session() -> botocore.session.Session:
    """A session that nothing of whoever started the region reaches, no file, no profile."""
    session = botocore.session.Session(profile=_PROFILE)
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    session.full_config["profiles"] = {_PROFILE: {}}
    return session


def _request(request: AWSPreparedRequest) -> Request:
    url = urlsplit(request.url)
    headers = Message()
    for name, value in request.headers.items():
        headers[name] = value.decode() if isinstance(value, bytes) else str(value)
    if "Host" not in headers:
        headers["Host"] = url.netloc
    target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    return Request(request.method, target, headers, _body(request.body))


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    content = body.read() if hasattr(body, "read") else body
    return content.encode() if isinstance(content, str) else bytes(content)
