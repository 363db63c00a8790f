"""What botocore's clients write, we read; what we write, they read: every operation of the services we answer.

Two modules, parsing and serializing, are held against the same independent witness.
"""

from datetime import UTC, datetime
from email.message import Message
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stax_local.autoscaling.service import OPERATIONS as AUTO_SCALING
from stax_local.front.call import read_call
from stax_local.front.message import Request, Response
from stax_local.front.parsing import parse
from stax_local.front.serializing import serialize
from stax_local.front.signature import Signature

SERVICES = ("cloudformation", "service-quotas", "autoscaling")
EC2_OPERATIONS = ("RunInstances", "CreateTags", "DescribeInstances", "AssociateAddress")
SSM_OPERATIONS = ("PutParameter", "GetParametersByPath", "SendCommand")

MODELS = {
    name: ServiceModel(Loader().load_service_model(name, "service-2"), name) for name in (*SERVICES, "ec2", "ssm")
}
OPERATIONS = [
    *(("cloudformation", name) for name in MODELS["cloudformation"].operation_names),
    *(("autoscaling", name) for name in AUTO_SCALING),
    *(("service-quotas", name) for name in ("GetServiceQuota", "ListServiceQuotas", "RequestServiceQuotaIncrease")),
    *(("ec2", name) for name in EC2_OPERATIONS),
    *(("ssm", name) for name in SSM_OPERATIONS),
]
DEPTH = 3
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
# What XML 1.0 can say at all; line ends are normalised by every XML reader.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\n\t<&>\"' "), max_size=12)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**53), 2**53),
    "float": st.floats(-1e6, 1e6, width=32),
    "double": st.floats(-1e9, 1e9),
    "timestamp": MOMENTS,
    "blob": st.binary(max_size=12),
}


def values(shape: Shape, depth: int, *, empty: bool) -> st.SearchStrategy[Any]:
    """Values of a shape.  `empty`: whether the protocol can tell an empty thing from none."""
    least = max(0 if empty else 1, int(shape.metadata.get("min", 0)))
    if isinstance(shape, StructureShape):
        made = structures(shape, depth, empty=empty)
        return made if empty else made.filter(bool)
    if isinstance(shape, ListShape):
        return st.lists(values(shape.member, depth - 1, empty=empty), min_size=least, max_size=least + 1)
    if isinstance(shape, MapShape):
        return st.dictionaries(
            TEXTS.filter(bool), values(shape.value, depth - 1, empty=empty), min_size=least, max_size=least + 1
        )
    return scalars(shape)


def scalars(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.type_name == "string":
        at_least = int(shape.metadata.get("min", 0))
        return TEXTS.map(lambda text: text.ljust(at_least, "x"))
    if shape.type_name in {"integer", "long"}:
        return st.integers(int(shape.metadata.get("min", -(2**31))), int(shape.metadata.get("max", 2**31 - 1)))
    if shape.type_name in {"float", "double"} and "min" in shape.metadata:
        return st.floats(shape.metadata["min"], 1e6)
    return SCALARS[shape.type_name]


def structures(shape: StructureShape, depth: int, *, empty: bool) -> st.SearchStrategy[dict[str, Any]]:
    required = {name for name in shape.required_members if depth > -8}
    members = {
        name: values(member, depth - 1, empty=empty)
        for name, member in shape.members.items()
        if name in required or (depth > 0 and not is_document(member))
    }
    optional = {name: strategy for name, strategy in members.items() if name not in required}
    return st.fixed_dictionaries(
        {name: strategy for name, strategy in members.items() if name in required}, optional=optional
    )


def is_document(shape: Shape) -> bool:
    return isinstance(shape, StructureShape) and (not shape.members or bool(getattr(shape, "is_document_type", False)))


def answer_of(operation: OperationModel, answer: dict[str, Any]) -> Response:
    protocol: Any = operation.service_model.metadata["protocol"]
    return serialize(answer, operation, protocol, "00000000-0000-4000-8000-000000000000")


def as_botocore_reads(operation: OperationModel, response: Response) -> dict[str, Any]:
    parser = create_parser(operation.service_model.metadata["protocol"])
    read: dict[str, Any] = parser.parse(
        {"status_code": response.status, "headers": dict(response.headers), "body": response.body},
        operation.output_shape,
    )
    del read["ResponseMetadata"]
    return read


def as_botocore_writes(operation: OperationModel, parameters: dict[str, Any]) -> Request:
    written = create_serializer(operation.service_model.metadata["protocol"]).serialize_to_request(
        parameters, operation
    )
    headers = Message()
    for name, value in written["headers"].items():
        headers[name] = value
    body = written["body"]
    if isinstance(body, dict):  # the query protocols leave the encoding to the HTTP library
        headers["Content-Type"] = headers.get("Content-Type") or "application/x-www-form-urlencoded"
        body = urlencode(body).encode()
    return Request(written["method"], written["url_path"], headers, body)


def without_nothing(value: Any) -> Any:
    """A value without empty lists, maps and structures, which the query protocols cannot say."""
    if isinstance(value, dict):
        kept = {key: without_nothing(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ({}, [], None)}
    if isinstance(value, list):
        return [without_nothing(item) for item in value]
    return value


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_reads_what_botocore_writes_and_writes_what_botocore_reads(service: str, name: str, data: Any) -> None:
    operation = MODELS[service].operation_model(name)
    says_empty = operation.service_model.metadata["protocol"] == "json"
    signature = Signature("AKIA", "", "us-east-1", operation.service_model.signing_name, (), "", "")
    if operation.input_shape:
        asked = data.draw(structures(operation.input_shape, DEPTH, empty=says_empty))
        call = read_call(as_botocore_writes(operation, asked), signature)
        assert call.operation == name
        assert parse(call, operation) == asked
    if operation.output_shape:
        answered = data.draw(structures(operation.output_shape, DEPTH, empty=True))
        response = answer_of(operation, answered)
        assert without_nothing(as_botocore_reads(operation, response)) == without_nothing(answered)
