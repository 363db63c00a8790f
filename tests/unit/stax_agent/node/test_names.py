"""Which questions go to consul, and what becomes of the others."""

import socket
import struct
import threading

import pytest

from stax_agent.node.names import answered, name_asked, refusal
from stax_agent.setback import Setback


def query(name: str, number: int = 7) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part)
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)


@pytest.mark.parametrize("name", ["web.service.consul", "s3.eu-west-1.amazonaws.com", ""])
def test_the_name_is_read(name):
    assert name_asked(query(name)) == name


def test_capitals_make_no_difference():
    assert name_asked(query("Web.SERVICE.Consul")) == "web.service.consul"


@pytest.mark.parametrize(
    "text",
    [b"", b"x" * 12, query("web")[:2] + b"\x81\x80" + query("web")[4:], query("web")[:12] + b"\xc0\x0c", b"x" * 13],
)
def test_what_is_no_question_is_not_answered(text):
    with pytest.raises(Setback):
        name_asked(text)
    assert answered(text) is None


def test_a_name_from_elsewhere_is_refused_at_once_with_its_own_number_and_question():
    asked = query("example.org", 4711)
    answer = answered(asked)

    assert answer == refusal(asked)
    number, flags, questions, answers, _, _ = struct.unpack_from(">6H", answer or b"")
    assert (number, flags & 0x8000, flags & 0x0100, flags & 0xF) == (4711, 0x8000, 0x0100, 5)
    assert (questions, answers) == (1, 0)
    assert (answer or b"")[12:] == asked[12:]


def test_a_name_of_consuls_is_asked_of_consul():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as consul:
        consul.bind(("127.0.0.1", 0))
        consul.settimeout(30)

        def answer() -> None:
            asked, who = consul.recvfrom(4096)
            consul.sendto(asked + b"!", who)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()

        assert answered(query("web.service.consul"), consul.getsockname()) == query("web.service.consul") + b"!"
        thread.join(30)


def test_without_consul_nothing_is_made_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reserved:
        reserved.bind(("127.0.0.1", 0))
        nobody = reserved.getsockname()

    assert answered(query("web.service.consul"), nobody) is None
