"""The region's front: every request comes through here, and every answer leaves in its service's protocol."""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import parse_qs

from stax_local.front.buckets import asks_for_region, say_region
from stax_local.front.call import Call, read_call
from stax_local.front.emulated import Emulated
from stax_local.front.errors import error_response
from stax_local.front.faults import Faults
from stax_local.front.guard import check_origin, check_path
from stax_local.front.keyring import Key, Keyring
from stax_local.front.message import NoAnswer, Request, Response
from stax_local.front.offered import check_offered
from stax_local.front.own import OwnServices
from stax_local.front.requestlog import RequestLog
from stax_local.front.signature import Signature, check_signature, read_signature
from stax_local.front.subresources import check_subresource
from stax_local.front.tagging import check_tags
from stax_local.service import ServiceError

_LOGGER = logging.getLogger(__name__)


class Door(Protocol):
    """What is answered without a signature; None when the request is not for it."""

    def answer(self, request: Request) -> Response | None:
        """The answer, or None."""
        ...


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Front:
    """Guards, understands, dispatches, and says.  Call it with a request."""

    port: int
    keyring: Keyring
    own: OwnServices
    emulated: Emulated
    door: Door
    log: RequestLog
    faults: Faults = field(default_factory=Faults)
    now: Callable[[], datetime] = _now

    @property
    def services(self) -> list[str]:
        """The names of what it answers for, as requests are signed."""
        return sorted({*self.own.names(), *self.emulated.services})

    def __call__(self, request: Request) -> Response:
        """Answer one request.  Raises only NoAnswer."""
        try:
            check_origin(request, self.port)
        except ServiceError as refusal:
            return error_response(refusal, "rest", "s3", str(uuid.uuid4()))
        answer = self.door.answer(request)
        if answer is None and asks_for_region(request):
            answer = say_region(request, lambda asked: self.emulated.look(asked, self.port))
        return answer or self._answer(request)

    def _answer(self, request: Request) -> Response:
        started_s, request_id = time.monotonic(), str(uuid.uuid4())
        call, key = read_call(request, _UNSIGNED), None
        try:
            check_path(request)
            signature = _signature_of(request)
            call = read_call(request, signature)
            key = self._authenticate(request, signature)
            response = self._perform(call, key, request_id)
        except ServiceError as error:
            response = error_response(error, call.protocol, call.service, request_id)
        self.log.write(call, key, response, time.monotonic() - started_s)
        return response

    def _authenticate(self, request: Request, signature: Signature) -> Key:
        token = request.header("X-Amz-Security-Token") or _query_token(request)
        key = self.keyring.find(signature.access_key_id, token, self.now())
        check_signature(request, signature, key.secret_access_key, self.now())
        return key

    def _perform(self, call: Call, key: Key, request_id: str) -> Response:
        self.faults.act(call, key)
        try:
            return self._dispatch(call, key, request_id)
        except (ServiceError, NoAnswer):
            raise
        except NotImplementedError:
            raise _not_here(call) from None
        except Exception:
            # A bug of the region's own: the caller learns where to look, the log has the rest.
            _LOGGER.exception("request %s, %s:%s", request_id, call.service, call.operation)
            message = f"The local region failed at this call; its log tells more under {request_id}."
            raise ServiceError("InternalFailure", message, status=500) from None

    def _dispatch(self, call: Call, key: Key, request_id: str) -> Response:
        operation = self.own.operation(call)
        if operation:
            return self.own.answer(call, key, operation, request_id)
        if call.service in self.emulated.services:
            check_subresource(call)
            check_offered(call)
            check_tags(call, key)
            response = self.emulated.answer(call, key, self.port)
            if response.status == 200:
                self.keyring.learn(call, key, response, self.now())
            return response
        if call.service in self.own.names():
            raise _not_here(call)
        message = f"The local region has no service {call.service!r}; it has {', '.join(self.services)}."
        raise ServiceError("UnknownService", message, status=501)


_UNSIGNED = Signature("", "", "", "", (), "", "")


def _signature_of(request: Request) -> Signature:
    signature = read_signature(request)
    if signature is None:
        raise ServiceError("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
    return signature


def _query_token(request: Request) -> str:
    return parse_qs(request.query).get("X-Amz-Security-Token", [""])[0]


def _not_here(call: Call) -> ServiceError:
    message = f"The local region does not do {call.service}:{call.operation}."
    if call.protocol == "rest":
        return ServiceError("NotImplemented", message, status=501)
    return ServiceError("UnknownOperationException" if call.protocol in {"json", "cbor"} else "InvalidAction", message)
