from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

import pytest

from stax_local.front.gateway import METADATA_NAMES, ask
from stax_local.front.message import Request, Response

PORT = 4599
ACCOUNT_ID = "210987654321"


class Echo:
    """A WSGI application that keeps what it was given."""

    def __init__(self) -> None:
        self.environ: dict[str, Any] = {}
        self.closed = False

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.environ = environ
        start("201 Created", [("X-One", "1"), ("X-One", "2")])
        return self

    def __iter__(self) -> Any:
        yield b"one"
        yield b"two"

    def close(self) -> None:
        self.closed = True


def test_an_accounts_request_is_asked_in_its_name_whatever_a_header_says() -> None:
    environ = environ_of("/", x__moto__account__id="999999999999")
    assert environ["HTTP_X_MOTO_ACCOUNT_ID"] == ACCOUNT_ID


def environ_of(target: str, **headers: str) -> dict[str, Any]:
    echo, message = Echo(), Message()
    for name, value in headers.items():
        message[name.replace("__", "-")] = value
    ask(echo, Request("PUT", target, message, b"body"), PORT, ACCOUNT_ID)
    return echo.environ


def test_brings_the_whole_answer_back() -> None:
    echo = Echo()
    answer = ask(echo, Request("GET", "/", Message()), PORT, ACCOUNT_ID)
    assert answer == Response(201, (("X-One", "1"), ("X-One", "2")), b"onetwo")
    assert echo.closed


def test_the_path_goes_through_raw_and_decoded() -> None:
    environ = environ_of("/bucket/a%20b%2Fc%C3%A9?x=1&y")
    assert environ["RAW_URI"] == "/bucket/a%20b%2Fc%C3%A9?x=1&y"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/bucket/a b/cé"
    assert environ["QUERY_STRING"] == "x=1&y"


def test_buckets_always_stand_in_the_path() -> None:
    assert environ_of("/key", Host="bucket.localhost:4599")["RAW_URI"] == "/bucket/key"
    assert environ_of("/bucket/key", Host="127.0.0.1:4599")["HTTP_HOST"] == "localhost:4599"


def test_metadata_keeps_its_underscores_and_nothing_else_may_have_any() -> None:
    environ = environ_of("/", x__amz__meta__my_key="v", Content_Length="999", Authorization_="forged")
    assert environ["HTTP_X_AMZ_META_MY_KEY"] == "v"
    assert environ[METADATA_NAMES] == {"HTTP_X_AMZ_META_MY_KEY": "x-amz-meta-my_key"}
    assert environ["CONTENT_LENGTH"] == "4"
    assert "HTTP_AUTHORIZATION_" not in environ


def test_a_header_sent_twice_is_one_with_commas() -> None:
    message = Message()
    message["X-Amz-Tag"] = "a"
    message["X-Amz-Tag"] = "b"
    echo = Echo()
    ask(echo, Request("GET", "/", message), PORT, ACCOUNT_ID)
    assert echo.environ["HTTP_X_AMZ_TAG"] == "a,b"


def test_what_the_application_raises_passes_through() -> None:
    def broken(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raise NotImplementedError("DescribeFpgaImages")

    with pytest.raises(NotImplementedError, match="DescribeFpgaImages"):
        ask(broken, Request("GET", "/", Message()), PORT, ACCOUNT_ID)
