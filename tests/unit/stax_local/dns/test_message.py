"""DNS messages, well-formed and not."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stax_local.dns.message import AAAA, NAME_ERROR, PTR, A, Answer, MalformedError, parse, reply
from stax_local.dns.server import answer


def query(name: str, kind: int = A, message_id: int = 7, flags: int = 0x0100) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", message_id, flags, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)


def test_a_query_is_read_in_lower_case() -> None:
    question = parse(query("S3.Amazonaws.com", AAAA))

    assert (question.name, question.type, question.message_id) == ("s3.amazonaws.com", AAAA, 7)
    assert question.recursion_desired


def test_an_address_is_answered_with_the_question_before_it() -> None:
    message = reply(parse(query("a.b")), Answer(records=("10.0.0.1",), ttl_s=60))

    assert message == (
        struct.pack("!6H", 7, 0x8180, 1, 1, 0, 0) + query("a.b")[12:] + b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4)
        + bytes([10, 0, 0, 1])
    )  # fmt: skip


def test_a_name_is_answered_in_labels() -> None:
    message = reply(parse(query("1.0.0.10.in-addr.arpa", PTR)), Answer(records=("ip-10-0-0-1.ec2.internal",)))

    assert message.endswith(b"\x0bip-10-0-0-1\x03ec2\x08internal\x00")


def test_a_name_that_does_not_exist_is_said_so() -> None:
    assert reply(parse(query("nobody")), Answer(code=NAME_ERROR))[3] & 0xF == NAME_ERROR


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"", None),
        (query("a", flags=0x8000), None),
        (query("a", flags=0x2800), 4),
        (struct.pack("!6H", 7, 0, 2, 0, 0, 0) + query("a")[12:], 1),
        (query("a")[:-3], 1),
        (struct.pack("!6H", 7, 0, 1, 0, 0, 0) + b"\xc0\x0c", 1),
    ],
    ids=["too short", "an answer", "an update", "two questions", "cut off", "a pointer"],
)
def test_what_is_no_query_is_refused_or_not_answered(message: bytes, code: int | None) -> None:
    with pytest.raises(MalformedError) as caught:
        parse(message)

    assert caught.value.code == code


@given(st.binary(max_size=600))
def test_no_message_is_too_strange(message: bytes) -> None:
    response = answer(message, lambda _: Answer())

    assert response is None or response[:2] == message[:2]


@given(st.binary(max_size=80).map(lambda tail: struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + tail))
def test_no_question_is_too_strange(message: bytes) -> None:
    response = answer(message, lambda _: Answer())

    assert response is not None
    assert response[:2] == message[:2]
