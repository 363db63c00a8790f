"""Plain dictionaries into answers, by botocore's own service models (protocols query, ec2 and json)."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from stax_local.front.call import Protocol
from stax_local.front.message import Response
from stax_local.front.xmltext import xml_text


def serialize(answer: Mapping[str, Any], operation: OperationModel, protocol: Protocol, request_id: str) -> Response:
    """The HTTP answer that says `answer`, an output shape as botocore's clients return it."""
    shape = operation.output_shape
    headers = (("x-amzn-RequestId", request_id),)
    if protocol == "json":
        body = json.dumps(_to_json(answer, shape) if shape else {})
        version = operation.service_model.metadata.get("jsonVersion", "1.1")
        return Response(200, (("Content-Type", f"application/x-amz-json-{version}"), *headers), body.encode())
    content = "".join(_structure(shape, answer, ec2=protocol == "ec2")) if shape else ""
    xml = _envelope(operation, content, request_id, ec2=protocol == "ec2")
    return Response(200, (("Content-Type", "text/xml; charset=utf-8"), *headers), xml.encode())


def _envelope(operation: OperationModel, content: str, request_id: str, *, ec2: bool) -> str:
    namespace = operation.service_model.metadata.get("xmlNamespace", "")
    if ec2:
        inner = f"<requestId>{request_id}</requestId>{content}"
    else:
        wrapper = operation.output_shape.serialization.get("resultWrapper") if operation.output_shape else None
        inner = f"<{wrapper}>{content}</{wrapper}>" if wrapper else content
        inner += f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    name = f"{operation.name}Response"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{namespace}">{inner}</{name}>'


def _to_json(value: Any, shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        return {
            member.serialization.get("name", name): _to_json(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [_to_json(item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        return {key: _to_json(item, shape.value) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return value.timestamp()
    if shape.type_name == "blob":
        return _base64(value)
    return value


def _structure(shape: StructureShape, value: Mapping[str, Any], *, ec2: bool) -> Iterator[str]:
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield _element(member, _name(member, name), value[name], ec2=ec2)


def _name(shape: Shape, name: str) -> str:
    if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
        return str(shape.member.serialization.get("name", shape.serialization.get("name", name)))
    return str(shape.serialization.get("name", name))


def _element(shape: Shape, name: str, value: Any, *, ec2: bool) -> str:
    if isinstance(shape, ListShape):
        return _list(shape, name, value, ec2=ec2)
    if isinstance(shape, MapShape):
        return _map(shape, name, value, ec2=ec2)
    if isinstance(shape, StructureShape):
        content = "".join(_structure(shape, value, ec2=ec2))
    else:
        content = xml_text(_text(shape, value))
    return f"<{name}>{content}</{name}>"


def _list(shape: ListShape, name: str, value: list[Any], *, ec2: bool) -> str:
    if shape.serialization.get("flattened"):
        return "".join(_element(shape.member, name, item, ec2=ec2) for item in value)
    item_name = shape.member.serialization.get("name", "item" if ec2 else "member")
    return f"<{name}>{''.join(_element(shape.member, item_name, item, ec2=ec2) for item in value)}</{name}>"


def _map(shape: MapShape, name: str, value: Mapping[str, Any], *, ec2: bool) -> str:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    flattened = shape.serialization.get("flattened")
    entry_name = name if flattened else "entry"
    entries = "".join(
        f"<{entry_name}><{key_name}>{xml_text(key)}</{key_name}>"
        f"{_element(shape.value, value_name, item, ec2=ec2)}</{entry_name}>"
        for key, item in value.items()
    )
    return entries if flattened else f"<{name}>{entries}</{name}>"


def _text(shape: Shape, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _base64(value) if shape.type_name == "blob" else str(value)


def _base64(value: bytes | str) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
