"""One's own public address: asked for, never guessed."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address

import pytest

from stax.aws.checkip import public_address
from stax.aws.endpoints import Endpoint
from stax.errors import StaxError


class Handler(BaseHTTPRequestHandler):
    body = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(type(self).body)

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/checkip"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_address_is_what_the_region_sees(url: str) -> None:
    Handler.body = b"203.0.113.1\n"

    assert public_address(Endpoint(checkip_url=url)) == IPv4Address("203.0.113.1")


@pytest.mark.parametrize("body", [b"", b"<html>please log in</html>", b"2001:db8::1", b"999.1.1.1", b"\xff" * 500])
def test_anything_else_is_refused_with_what_to_write(url: str, body: bytes) -> None:
    Handler.body = body

    with pytest.raises(StaxError) as caught:
        public_address(Endpoint(checkip_url=url))

    assert "AllowSSHFrom 198.51.100.7/32" in caught.value.hint


def test_a_look_up_that_cannot_be_reached_is_said() -> None:
    with pytest.raises(StaxError, match="cannot be found"):
        public_address(Endpoint(checkip_url="http://127.0.0.1:1/"))
