"""What a request asks for: which service, which operation, in which protocol.

The service is the one the request was signed for; the operation stands where its protocol puts it.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from stax_local.front.message import Request
from stax_local.front.signature import Signature

Protocol = Literal["query", "ec2", "json", "cbor", "rest"]

_READING = ("Describe", "Get", "List", "Head", "Validate", "Estimate", "Lookup", "Decode", "Simulate", "Search",
            "BatchGet")  # fmt: skip
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z0-9]+)/?$")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Call:
    """A request, understood.  `form` holds the parameters of the two query protocols, in order."""

    request: Request
    service: str
    """As in the signature's scope: `ec2`, `monitoring`, `servicequotas`."""
    region: str
    access_key_id: str
    protocol: Protocol
    operation: str
    """AWS's name; for the REST protocols the method, since only the service can tell more."""
    form: tuple[tuple[str, str], ...] = ()

    @property
    def mutates(self) -> bool:
        """Whether it may change something: whatever is not known to only read."""
        if self.protocol == "rest":
            return self.operation not in {"GET", "HEAD"}
        return not self.operation.startswith(_READING)

    @property
    def parameters(self) -> dict[str, str]:
        """The form as a dictionary; the query protocols never repeat a name."""
        return dict(self.form)


def read_call(request: Request, signature: Signature) -> Call:
    """Understand a signed request.  Never fails: what cannot be told apart is REST."""
    protocol, operation, form = _protocol(request, signature.service)
    return Call(request, signature.service, signature.region, signature.access_key_id, protocol, operation, form)


def _protocol(request: Request, service: str) -> tuple[Protocol, str, tuple[tuple[str, str], ...]]:
    target = request.header("X-Amz-Target")
    if target:
        return "json", target.rpartition(".")[2], ()
    found = _CBOR_PATH.search(request.path)
    if found and request.header("Smithy-Protocol"):
        return "cbor", found[1], ()
    form = _form(request)
    action = next((value for name, value in form if name == "Action"), "")
    if action and service != "s3":
        return "ec2" if service == "ec2" else "query", action, form
    return "rest", request.method, ()


def _form(request: Request) -> tuple[tuple[str, str], ...]:
    if request.method == "POST" and request.header("Content-Type").startswith(_FORM):
        return tuple(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    if request.method == "GET" and "Action=" in request.query:
        return tuple(parse_qsl(request.query, keep_blank_values=True))
    return ()
