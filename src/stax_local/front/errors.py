"""An error, said in the protocol in which the question was put, so that every SDK can read it."""

import json

from stax_local.front.call import Protocol
from stax_local.front.message import Response
from stax_local.front.xmltext import xml_text
from stax_local.service import ServiceError


def error_response(error: ServiceError, protocol: Protocol, service: str, request_id: str) -> Response:
    """The HTTP answer that says this error."""
    content_type, body = _body(error, protocol, service, request_id)
    headers = [("Content-Type", content_type), ("x-amzn-RequestId", request_id)]
    if content_type.startswith("application"):
        headers.append(("x-amzn-ErrorType", error.code))
    if protocol == "cbor":
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
    return Response(error.status, tuple(headers), body)


def _body(error: ServiceError, protocol: Protocol, service: str, request_id: str) -> tuple[str, bytes]:
    fields = {"__type": error.code, "message": error.message}
    if protocol == "json":
        return "application/x-amz-json-1.1", json.dumps(fields).encode()
    if protocol == "cbor":
        return "application/cbor", _cbor_map(fields)
    if protocol == "rest" and service != "s3":
        return "application/json", json.dumps(fields).encode()
    return "text/xml; charset=utf-8", _xml(error, protocol, request_id).encode()


def _xml(error: ServiceError, protocol: Protocol, request_id: str) -> str:
    code, message = xml_text(error.code), xml_text(error.message)
    if protocol == "ec2":
        inner = f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        inner = f"<Response>{inner}<RequestID>{request_id}</RequestID></Response>"
    elif protocol == "rest":
        inner = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
    else:
        fault = "Sender" if error.status < 500 else "Receiver"
        inner = f"<Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        inner = f"<ErrorResponse>{inner}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{inner}'


def _cbor_map(fields: dict[str, str]) -> bytes:
    """A map of text to text in CBOR (RFC 8949, section 3), which is all an error needs."""
    return bytes([0xA0 | len(fields)]) + b"".join(_cbor_text(text) for pair in fields.items() for text in pair)


def _cbor_text(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) < 24:
        return bytes([0x60 | len(encoded)]) + encoded
    return b"\x7a" + len(encoded).to_bytes(4) + encoded
