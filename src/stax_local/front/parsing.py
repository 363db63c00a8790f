"""Requests into plain dictionaries, by botocore's own service models (protocols query, ec2 and json).

What comes out is what botocore's clients take as keyword arguments for the same operation.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from stax_local.front.call import Call
from stax_local.service import ServiceError

Form = Mapping[str, str]


def parse(call: Call, operation: OperationModel) -> dict[str, Any]:
    """The parameters of the call.

    Raises ServiceError ValidationError (in JSON: SerializationException, ValidationException) when they do not fit.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    parameters = _json_body(call, shape) if call.protocol == "json" else _form_body(call, shape)
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        problems = report.generate_report().replace("\n", "; ")
        raise ServiceError(_invalid(call), f"{problems}.")
    return parameters


def _invalid(call: Call) -> str:
    return "ValidationException" if call.protocol == "json" else "ValidationError"


def _json_body(call: Call, shape: StructureShape) -> dict[str, Any]:
    try:
        body = json.loads(call.request.body or b"{}")
        if not isinstance(body, dict):
            raise ValueError("the body is not a JSON object")
        parsed: dict[str, Any] = _from_json(body, shape)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ServiceError("SerializationException", f"The request cannot be read: {error}.") from None
    return parsed


def _from_json(value: Any, shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        members = shape.members
        return {name: _from_json(value[name], members[name]) for name in value if name in members
                and value[name] is not None}  # fmt: skip
    if isinstance(shape, ListShape):
        return [_from_json(item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        return {key: _from_json(item, shape.value) for key, item in value.items()}
    readers: dict[str, Callable[[Any], Any]] = {"timestamp": parse_timestamp, "blob": _bytes}
    return readers.get(shape.type_name, _same)(value)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _same(value: Any) -> Any:
    return value


def _form_body(call: Call, shape: StructureShape) -> dict[str, Any]:
    reader = _FormReader(call.parameters, ec2=call.protocol == "ec2")
    try:
        return reader.structure(shape, "") or {}
    except (ValueError, binascii.Error) as error:
        raise ServiceError("ValidationError", f"{error}.") from None


class _FormReader:
    """Reads the flat `A.member.1.B=…` form back into the tree it was written from."""

    def __init__(self, form: Form, *, ec2: bool) -> None:
        self.form = form
        self.ec2 = ec2
        self.prefixes = _prefixes(form)

    def structure(self, shape: StructureShape, prefix: str) -> dict[str, Any] | None:
        read = {
            name: self.value(member, f"{prefix}{self._name(member, name)}") for name, member in shape.members.items()
        }
        present = {name: value for name, value in read.items() if value is not None}
        return present or (None if prefix and prefix.rstrip(".") not in self.prefixes else {})

    def value(self, shape: Shape, key: str) -> Any:
        """The value at `key`, or None when nothing stands there."""
        if key not in self.prefixes:
            return None
        if isinstance(shape, StructureShape):
            return self.structure(shape, f"{key}.")
        if isinstance(shape, ListShape):
            return self._list(shape, key)
        if isinstance(shape, MapShape):
            return self._map(shape, key)
        return _scalar(shape, self.form[key], key) if key in self.form else None

    def _name(self, shape: Shape, name: str) -> str:
        serialization = shape.serialization
        if self.ec2:
            plain = str(serialization.get("name", name))
            return str(serialization.get("queryName") or plain[:1].upper() + plain[1:])
        if isinstance(shape, ListShape) and serialization.get("flattened"):
            return str(shape.member.serialization.get("name", serialization.get("name", name)))
        return str(serialization.get("name", name))

    def _list(self, shape: ListShape, key: str) -> list[Any]:
        if self.form.get(key) == "":
            return []  # how an empty list is written
        items = key
        if not self.ec2 and not shape.serialization.get("flattened"):
            items = f"{key}.{shape.member.serialization.get('name', 'member')}"
        return [self.value(shape.member, f"{items}.{number}") for number in self._numbers(items)]

    def _map(self, shape: MapShape, key: str) -> dict[str, Any]:
        entries = key if shape.serialization.get("flattened") else f"{key}.entry"
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        return {
            self.form.get(f"{entries}.{number}.{key_name}", ""): self.value(
                shape.value, f"{entries}.{number}.{value_name}"
            )
            for number in self._numbers(entries)
        }

    def _numbers(self, key: str) -> list[int]:
        return sorted(self.prefixes.get(key, ()))


def _prefixes(form: Form) -> dict[str, set[int]]:
    """Every key and every beginning of one, with the list positions that follow it."""
    found: dict[str, set[int]] = {}
    for key in form:
        parts = key.split(".")
        for length in range(1, len(parts) + 1):
            numbers = found.setdefault(".".join(parts[:length]), set())
            if length < len(parts) and re.fullmatch(r"[0-9]{1,6}", parts[length]):
                numbers.add(int(parts[length]))
    return found


def _scalar(shape: Shape, text: str, key: str) -> Any:
    kind = shape.type_name
    if kind in {"integer", "long"}:
        return _number(int, text, key)
    if kind in {"float", "double"}:
        return _number(float, text, key)
    if kind == "boolean":
        if text.lower() not in {"true", "false"}:
            raise ValueError(f"{key} must be true or false, not {text!r}")
        return text.lower() == "true"
    if kind == "timestamp":
        return parse_timestamp(text)
    if kind == "blob":
        return _bytes(text)
    return text


def _number(kind: type[int] | type[float], text: str, key: str) -> int | float:
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{key} must be a number, not {text!r}") from None
