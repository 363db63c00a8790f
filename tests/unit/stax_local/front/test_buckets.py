"""The question where a bucket is: unsigned, refused, and answered all the same."""

from email.message import Message

import pytest

from stax_local.front.buckets import asks_for_region, say_region
from stax_local.front.message import Request, Response


def request(method: str, target: str, **headers: str) -> Request:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    return Request(method, target, message)


def test_an_unsigned_head_of_a_bucket_is_that_question() -> None:
    assert asks_for_region(request("HEAD", "/bucket"))


@pytest.mark.parametrize(
    "other",
    [
        request("GET", "/bucket"),
        request("HEAD", "/"),
        request("HEAD", "/bucket/key"),
        request("HEAD", "/bucket", Authorization="AWS4-HMAC-SHA256 …"),
        request("HEAD", "/bucket?X-Amz-Signature=abc"),
    ],
    ids=["a listing", "no bucket", "an object", "signed", "presigned"],
)
def test_anything_else_is_not(other: Request) -> None:
    assert not asks_for_region(other)


def test_the_refusal_names_the_region_and_nothing_else() -> None:
    known = Response(200, (("X-Amz-Bucket-Region", "eu-west-1"), ("x-amz-bucket-arn", "secret")))

    assert say_region(request("HEAD", "/b"), lambda _: known) == Response(403, (("x-amz-bucket-region", "eu-west-1"),))


def test_a_bucket_that_is_not_there_is_not_found() -> None:
    assert say_region(request("HEAD", "/b"), lambda _: Response(404)).status == 404
