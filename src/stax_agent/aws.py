"""Calls to AWS's APIs, signed with the role's credentials, bounded, their refusals as setbacks with AWS's code."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from stax_agent.http import Request, exchange
from stax_agent.imds import Credentials
from stax_agent.setback import Setback
from stax_agent.sigv4 import signed

TIMEOUT_S = 10.0
OBJECT_TIMEOUT_S = 120.0
LARGEST_OBJECT_BYTES = 512 << 20
"""It passes through memory; etcd's own advice is to stay far below."""
EC2_VERSION = "2016-11-15"
AUTOSCALING_VERSION = "2011-01-01"

Endpoint = Callable[[str, str], str]


def public_endpoint(service: str, region: str) -> str:
    """Return where a service of a region answers."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{service}.{region}.{domain}/"


class Aws:
    """AWS in one region, as this machine's role may use it."""

    def __init__(
        self, region: str, credentials: Callable[[], Credentials], *, endpoint: Endpoint = public_endpoint
    ) -> None:
        self._region = region
        self._credentials = credentials
        self._endpoint = endpoint

    def ssm(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call one operation of Systems Manager."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"AmazonSSM.{operation}"}
        body = self._post("ssm", headers, json.dumps(parameters).encode(), operation)
        return _json(body, operation)

    def ec2(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        """Call one action of EC2; the answer's elements have lost their namespace."""
        return self._query("ec2", EC2_VERSION, action, parameters)

    def autoscaling(self, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        """Call one action of EC2 Auto Scaling; the answer's elements have lost their namespace."""
        return self._query("autoscaling", AUTOSCALING_VERSION, action, parameters)

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object into a bucket; letters, digits and `-._/` need no escapes in its key."""
        self._object("PUT", bucket, key, body)

    def get_object(self, bucket: str, key: str) -> bytes:
        """Return an object's content."""
        return self._object("GET", bucket, key)

    def _object(self, method: str, bucket: str, key: str, body: bytes = b"") -> bytes:
        url = f"{self._endpoint('s3', self._region)}{bucket}/{key}"
        address = urlsplit(url)
        headers = {"Host": address.netloc, "X-Amz-Content-Sha256": hashlib.sha256(body).hexdigest()}
        whole = signed(
            headers,
            body,
            credentials=self._credentials(),
            scope=(self._region, "s3"),
            at=datetime.now(UTC),
            line=f"{method} {address.path}",
        )
        request = Request(method=method, url=url, headers=whole, body=body)
        status, answer = exchange(request, timeout_s=OBJECT_TIMEOUT_S, largest_bytes=LARGEST_OBJECT_BYTES)
        if status != 200:
            code = _xml_code(answer) or str(status)
            raise Setback(f"s3: {method} {key} is refused: {code}", code=code)
        return answer

    def _query(self, service: str, version: str, action: str, parameters: Mapping[str, str]) -> ElementTree.Element:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        form = {"Action": action, "Version": version, **parameters}
        return _xml(self._post(service, headers, urlencode(form).encode(), action), f"{service}:{action}")

    def _post(self, service: str, headers: Mapping[str, str], body: bytes, operation: str) -> bytes:
        url = self._endpoint(service, self._region)
        whole = signed(
            {**headers, "Host": urlsplit(url).netloc},
            body,
            credentials=self._credentials(),
            scope=(self._region, service),
            at=datetime.now(UTC),
        )
        request = Request(method="POST", url=url, headers=whole, body=body)
        status, answer = exchange(request, timeout_s=TIMEOUT_S)
        if status != 200:
            code = _json_code(answer) or _xml_code(answer) or str(status)
            raise Setback(f"{service}:{operation} is refused: {code}", code=code)
        return answer


def _json(answer: bytes, operation: str) -> dict[str, Any]:
    try:
        found = json.loads(answer or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Setback(f"ssm:{operation} answers with no JSON object")
    return found


def _json_code(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return ""


def _xml_code(answer: bytes) -> str:
    try:
        found = ElementTree.fromstring(answer).find(".//Code")  # noqa: S314 - from AWS, over TLS
    except ElementTree.ParseError:
        return ""
    return "" if found is None else found.text or ""


def _xml(answer: bytes, operation: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(answer)  # noqa: S314 - from AWS, over TLS
    except ElementTree.ParseError as error:
        raise Setback(f"{operation} answers with no XML") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root
