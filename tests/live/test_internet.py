"""The region's internet: servers to talk to, AWS's endpoints, and the way in from this machine."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.lab import Lab

from stax_local.internet import dialing
from stax_local.internet.authority import Authority
from stax_local.internet.places import API_ADDRESS, CHECKIP_ADDRESS, OPERATOR_ADDRESS, SERVER_ADDRESSES
from stax_local.internet.servers import Internet
from stax_local.kernel.namespaces import inside

WEB, OTHER = SERVER_ADDRESSES


class Front(BaseHTTPRequestHandler):
    """Stands for the region's front: says which name it was called by."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode())

    def log_message(self, *_: object) -> None:
        pass


class Site:
    """An internet, and a front behind its endpoints."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        lab.settle()
        self.front = HTTPServer(("127.0.0.1", 0), Front)
        threading.Thread(target=self.front.serve_forever, daemon=True).start()
        self.authority = Authority(lab.state)
        self.dial = lab.state / "dial.sock"
        self.internet = Internet(lab.internet, self.authority, self._connect, self.dial)

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.front.server_address[1]))

    def close(self) -> None:
        self.internet.close()
        self.front.shutdown()
        self.front.server_close()

    def get(self, address: str, path: str) -> tuple[int, str]:
        def ask() -> tuple[int, str]:
            connection = http.client.HTTPConnection(address, timeout=2)
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        return inside(self.lab.internet, ask)


@pytest.fixture
def site(lab: Lab) -> Iterator[Site]:
    made = Site(lab)
    try:
        yield made
    finally:
        made.close()


def test_a_server_says_who_called(site: Site) -> None:
    status, text = site.get(WEB, "/")

    assert status == 200
    assert json.loads(text)["server"] == WEB
    assert site.get(OTHER, "/ip")[1] == f"{OTHER}\n"
    assert site.get(CHECKIP_ADDRESS, "/")[1] == f"{CHECKIP_ADDRESS}\n"


@pytest.mark.parametrize(("count", "status"), [("1000000", 200), ("0", 200), ("-1", 400), ("x", 400), ("1" * 30, 400)])
def test_a_server_sends_as_many_bytes_as_it_is_asked_for(site: Site, count: str, status: int) -> None:
    answer = site.get(WEB, f"/bulk?bytes={count}")

    assert answer[0] == status
    assert status != 200 or len(answer[1]) == int(count)


def test_a_server_takes_what_it_is_sent_and_counts_it(site: Site) -> None:
    def post() -> str:
        connection = http.client.HTTPConnection(WEB, timeout=5)
        connection.request("POST", "/", b"x" * 300_000)
        return connection.getresponse().read().decode()

    assert inside(site.lab.internet, post) == "300000\n"


def test_echo_answers_on_tcp_and_udp(site: Site) -> None:
    assert site.lab.tcp(site.lab.internet, WEB, 7)
    assert site.lab.udp(site.lab.internet, OTHER, 7)


def test_awss_endpoints_speak_tls_under_their_own_names_and_reach_the_front(site: Site) -> None:
    name = "ec2.us-east-1.amazonaws.com"
    context = ssl.create_default_context(cafile=site.authority.certificate)

    def ask() -> str:
        with socket.create_connection((API_ADDRESS, 443), timeout=2) as plain:
            connection = http.client.HTTPSConnection(name)
            connection.sock = context.wrap_socket(plain, server_hostname=name)
            connection.request("GET", "/")
            return connection.getresponse().read().decode()

    assert inside(site.lab.internet, ask) == name


def dialled(path: Path, line: bytes, then: Callable[[socket.socket], bytes]) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(3)
        connection.connect(str(path))
        connection.sendall(line)
        return then(connection)


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(4096), b""))


def test_this_machine_dials_in_from_the_operators_address(site: Site) -> None:
    def ask(connection: socket.socket) -> bytes:
        connection.sendall(b"GET /ip HTTP/1.0\r\n\r\n")
        return everything(connection)

    assert OPERATOR_ADDRESS.encode() in dialled(site.dial, f"{WEB} 80\n".encode(), ask)


def test_what_is_sent_before_our_end_closes_is_still_answered(site: Site) -> None:
    def ask(connection: socket.socket) -> bytes:
        connection.sendall(b"hello")
        connection.shutdown(socket.SHUT_WR)
        return everything(connection)

    assert dialled(site.dial, f"{WEB} 7\n".encode(), ask) == b"connected\nhello"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"{WEB} 99\n", "Connection refused"),
        ("example.com 80\n", "'example.com' is no IPv4 address"),
        (f"{WEB} 0\n", "'0' is no port"),
        (f"{WEB}\n", "'' is no port"),
        ("x" * 302, "no address was given"),
    ],
)
def test_a_call_that_cannot_be_made_is_explained(site: Site, line: str, says: str) -> None:
    assert dialled(site.dial, line.encode(), everything).decode().strip() == says


def test_the_socket_file_is_for_its_owner_only(site: Site) -> None:
    assert site.dial.stat().st_mode & 0o777 == 0o600


def test_a_region_that_is_not_there_does_not_dial(tmp_path: Path) -> None:
    with pytest.raises(dialing.DialError, match="the region does not dial"):
        dialing.dial(tmp_path / "none.sock", WEB, "80")
