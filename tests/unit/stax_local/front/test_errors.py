"""Errors are read here by botocore's own parsers."""

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from stax_local.front.call import Protocol
from stax_local.front.errors import error_response
from stax_local.service import ServiceError

MESSAGE = "Value 'a<b>&\"c' is no good \u2014 at all" + "." * 300
CASES: list[tuple[str, str, Protocol, str]] = [
    ("cloudformation", "CreateStack", "query", "query"),
    ("ec2", "RunInstances", "ec2", "ec2"),
    ("ssm", "PutParameter", "json", "json"),
    ("cloudwatch", "PutMetricAlarm", "cbor", "smithy-rpc-v2-cbor"),
    ("s3", "PutObject", "rest", "rest-xml"),
    ("lambda", "ListFunctions", "rest", "rest-json"),
]


@pytest.mark.parametrize(("service", "operation", "protocol", "parser"), CASES)
@pytest.mark.parametrize("status", [400, 403, 500])
def test_says_an_error_so_that_every_sdk_reads_it(
    service: str, operation: str, protocol: Protocol, parser: str, status: int
) -> None:
    response = error_response(ServiceError("NotGood", MESSAGE, status=status), protocol, service, "id-1")

    model = ServiceModel(Loader().load_service_model(service, "service-2"), service).operation_model(operation)
    read: dict[str, Any] = create_parser(parser).parse(
        {
            "status_code": response.status,
            "headers": {name.lower(): value for name, value in response.headers},
            "body": response.body,
        },
        model.output_shape,
    )
    assert (read["Error"]["Code"], read["Error"]["Message"]) == ("NotGood", MESSAGE)
    assert response.status == status
