"""The agent against servers that misbehave: every answer is bounded, none is believed unread."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from stax_agent.aws import Aws, public_endpoint
from stax_agent.http import LARGEST_BYTES, Request, exchange
from stax_agent.imds import Credentials, Imds
from stax_agent.setback import Setback

Answer = Callable[[BaseHTTPRequestHandler], None]
ROLE = Credentials(access_key_id="A", secret_access_key="S", token="T", expires_at=datetime.now(UTC))


@pytest.fixture
def serving() -> Iterator[Callable[[Answer], str]]:
    """Start a server that answers everything with a function; return its address."""
    servers = []

    def serve(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer(self)

            do_PUT = do_POST = do_GET  # noqa: N815 - as the standard library calls them

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def saying(status: int, body: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def trickling(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def never(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


@pytest.mark.parametrize("answer", [trickling, never])
def test_an_answer_that_takes_too_long_is_given_up(serving, answer):
    began_s = time.monotonic()

    with pytest.raises(Setback):
        exchange(Request(method="GET", url=serving(answer)), timeout_s=0.3)

    assert time.monotonic() - began_s < 1.9


def test_an_answer_without_end_is_given_up(serving):
    with pytest.raises(Setback, match="more than"):
        exchange(Request(method="GET", url=serving(saying(200, b"x" * (LARGEST_BYTES + 1)))), timeout_s=20)


def test_nobody_there_is_a_setback():
    with pytest.raises(Setback, match="does not answer"):
        exchange(Request(method="GET", url="http://127.0.0.1:1/"), timeout_s=1)


def test_a_redirect_is_not_followed(serving):
    elsewhere = serving(saying(200, b"secret"))

    status, body = exchange(Request(method="GET", url=serving(saying(302, b"", Location=elsewhere))), timeout_s=2)

    assert (status, body) == (302, b"")


def test_a_proxy_in_the_environment_is_not_asked(serving, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert exchange(Request(method="GET", url=serving(saying(200, b"direct"))), timeout_s=2) == (200, b"direct")


class Metadata:
    """A metadata service whose items a test sets; every token is good for one question."""

    def __init__(self, **items: str) -> None:
        self.items = items
        self.asked: list[str] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.command == "PUT":
            return saying(200, b"token")(handler)
        self.asked.append(handler.path)
        if handler.headers["X-aws-ec2-metadata-token"] != "token":
            return saying(401, b"")(handler)
        found = self.items.get(handler.path.removeprefix("/latest/meta-data/"))
        return saying(404, b"")(handler) if found is None else saying(200, found.encode())(handler)


MACHINE = {
    "instance-id": "i-1",
    "placement/region": "eu-west-1",
    "tags/instance/stax:name": "web",
    "tags/instance/stax:role": "docker",
}
CREDENTIALS = "iam/security-credentials/"


def credentials(expires_at: datetime) -> str:
    said = {"AccessKeyId": "A", "SecretAccessKey": "S", "Token": "T", "Expiration": expires_at.isoformat()}
    return json.dumps(said)


def test_a_machine_knows_itself_by_the_metadata_service(serving):
    machine = Imds(serving(Metadata(**MACHINE))).machine()

    assert (machine.instance_id, machine.region, machine.stax_name, machine.role) == tuple(MACHINE.values())


@pytest.mark.parametrize("missing", MACHINE)
def test_whatever_the_metadata_service_does_not_know_is_a_setback(serving, missing):
    items = {name: value for name, value in MACHINE.items() if name != missing}

    with pytest.raises(Setback, match=f"404 for {missing}"):
        Imds(serving(Metadata(**items))).machine()


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_no_token_is_a_setback(serving, status):
    with pytest.raises(Setback, match=str(status)):
        Imds(serving(saying(status, b"<html>"))).machine()


def test_credentials_are_asked_for_again_before_they_end(serving):
    now = datetime.now(UTC)
    service = Metadata(**{CREDENTIALS: "docker", f"{CREDENTIALS}docker": credentials(now + timedelta(hours=1))})
    imds = Imds(serving(service), now=lambda: now)

    imds.credentials()
    imds.credentials()
    assert len(service.asked) == 2
    now += timedelta(minutes=56)
    imds.credentials()
    assert len(service.asked) == 4


def test_old_credentials_do_while_no_newer_can_be_had(serving):
    now = datetime.now(UTC)
    service = Metadata(**{CREDENTIALS: "docker", f"{CREDENTIALS}docker": credentials(now + timedelta(hours=1))})
    imds = Imds(serving(service), now=lambda: now)
    held = imds.credentials()

    service.items = {}
    now += timedelta(minutes=56)
    assert imds.credentials() == held
    asked = len(service.asked)
    assert imds.credentials() == held
    assert len(service.asked) == asked  # not asked at every call: each would wait for the answer

    now += timedelta(minutes=5)
    with pytest.raises(Setback):
        imds.credentials()


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"Code": "AssumeRoleUnauthorizedAccess"}', "<html>", "null"])
def test_credentials_that_are_none_are_a_setback_that_tells_nothing_of_them(serving, said):
    service = Metadata(**{CREDENTIALS: "docker", f"{CREDENTIALS}docker": said})

    with pytest.raises(Setback, match="no credentials of the role 'docker'"):
        Imds(serving(service)).credentials()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"__type": "com.amazonaws.ssm#ParameterNotFound", "message": "x"}', "ParameterNotFound"),
        (b'{"__type": "AccessDeniedException"}', "AccessDeniedException"),
        (b"<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>",
         "UnauthorizedOperation"),
        (b"<html>", "400"),
        (b"[]", "400"),
        (b"", "400"),
    ],
)  # fmt: skip
def test_a_refusal_is_a_setback_with_awss_code(serving, body, code):
    address = serving(saying(400, body))
    aws = Aws("eu-west-1", lambda: ROLE, endpoint=lambda service, region: address)

    with pytest.raises(Setback) as refused:
        aws.ssm("GetParameter", Name="/stax/web/x")

    assert refused.value.code == code


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}"])
def test_an_answer_that_is_no_xml_is_a_setback(serving, body):
    address = serving(saying(200, body))

    with pytest.raises(Setback, match="no XML"):
        Aws("eu-west-1", lambda: ROLE, endpoint=lambda service, region: address).ec2("DescribeInstances", {})


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b"{"])
def test_an_answer_that_is_no_json_is_a_setback(serving, body):
    address = serving(saying(200, body))

    with pytest.raises(Setback, match="no JSON"):
        Aws("eu-west-1", lambda: ROLE, endpoint=lambda service, region: address).ssm("GetParameter", Name="/x")


def test_aws_is_asked_over_tls_at_its_own_address():
    assert public_endpoint("ssm", "eu-west-1") == "https://ssm.eu-west-1.amazonaws.com/"
    assert public_endpoint("ec2", "cn-north-1") == "https://ec2.cn-north-1.amazonaws.com.cn/"
