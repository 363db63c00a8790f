"""AWS's errors, in words, by code."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import botocore.exceptions as boto
import pytest
from botocore.exceptions import ClientError

from stax.aws.endpoints import Endpoint
from stax.aws.errors import from_botocore, from_client_error


def refusal(code: str, message: str = "", date: str = "") -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPHeaders": {"date": date} if date else {}},
    }
    return ClientError(response, "RunInstances")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "have expired"),
        ("InvalidClientTokenId", "does not accept these credentials"),
        ("UnauthorizedOperation", "may not call ec2:RunInstances"),
        ("RequestLimitExceeded", "keeps throttling ec2:RunInstances"),
        ("InvalidParameterValue", "ec2:RunInstances: no such thing (InvalidParameterValue)"),
    ],
)
def test_a_refusal_is_said_in_words_and_keeps_its_code(code: str, words: str) -> None:
    error = from_client_error(refusal(code, "no such thing"), service="ec2")

    assert words in error.message
    assert error.code == code


def test_the_long_encoded_part_of_a_denial_is_left_out() -> None:
    said = "You are not authorized. Encoded authorization failure message: " + "x" * 900

    error = from_client_error(refusal("UnauthorizedOperation", said), service="ec2")

    assert error.message.endswith("You are not authorized.")


def test_a_wrong_clock_is_said_in_seconds() -> None:
    there = format_datetime(datetime.now(UTC) + timedelta(hours=1))

    error = from_client_error(refusal("SignatureDoesNotMatch", date=there), service="ec2")

    assert "clock is 3" in error.message


def test_a_wrong_signature_with_a_right_clock_is_no_matter_of_time() -> None:
    there = format_datetime(datetime.now(UTC))

    assert "clock" not in from_client_error(refusal("SignatureDoesNotMatch", date=there), service="ec2").message


def test_without_credentials_one_sentence_and_how_to_get_going_locally() -> None:
    error = from_botocore(boto.NoCredentialsError(), endpoint=Endpoint(), operation="DescribeStacks")

    assert error.message == "no AWS credentials found"
    assert "stax local up" in error.hint


def test_an_endpoint_that_is_down_says_how_to_start_it(endpoint: Endpoint) -> None:
    error = from_botocore(
        boto.EndpointConnectionError(endpoint_url=endpoint.endpoint_url), endpoint=endpoint, operation="DescribeStacks"
    )

    assert "the region local" in error.message
    assert error.hint == "start it: stax local up"
    assert "secret-that-nobody-sees" not in str(error)
