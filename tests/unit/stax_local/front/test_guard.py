from email.message import Message

import pytest

from stax_local.front.guard import bucket_in_host, check_origin, check_path
from stax_local.front.message import Request
from stax_local.service import ServiceError

PORT = 4599


def request(target: str = "/", **headers: str) -> Request:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    return Request("POST", target, message)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4599", "localhost:4599", "LOCALHOST:4599", "bucket.localhost:4599", "a.b-c.localhost:4599"]
)
def test_lets_programs_of_this_machine_in(host: str) -> None:
    check_origin(request(Host=host), PORT)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example:4599", "localhost.evil.example:4599", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:4599:4599",
     "169.254.169.254:4599", "localhost:4599@evil.example", "evil.example#localhost:4599"],
)  # fmt: skip
def test_refuses_a_host_that_was_rebound_to_loopback(host: str) -> None:
    with pytest.raises(ServiceError, match="AccessDenied"):
        check_origin(request(Host=host), PORT)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:4599", ""])
def test_refuses_every_web_page(origin: str) -> None:
    with pytest.raises(ServiceError, match="web page"):
        check_origin(request(Host="127.0.0.1:4599", Origin=origin), PORT)


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api", "/latest/meta-data/", "/favicon.ico"])
def test_shuts_the_emulators_own_controls(path: str) -> None:
    with pytest.raises(ServiceError, match="AccessDenied"):
        check_path(request(path))


@pytest.mark.parametrize(
    ("host", "bucket"),
    [("templates.localhost:4599", "templates"), ("a.b.localhost", "a.b"), ("localhost:4599", ""), ("127.0.0.1:1", "")],
)
def test_finds_the_bucket_of_a_virtual_host(host: str, bucket: str) -> None:
    assert bucket_in_host(host) == bucket


@pytest.mark.parametrize("host", ["ec2.us-east-1.amazonaws.com", "b.s3.dualstack.eu-west-1.amazonaws.com:443"])
def test_lets_machines_in_by_amazons_own_names(host: str) -> None:
    check_origin(request(Host=host), PORT)


@pytest.mark.parametrize(
    "host", ["amazonaws.com.evil.example", "ec2.amazonaws.com:4599", "ec2.amazonaws.com@evil.example"]
)
def test_refuses_what_only_looks_like_amazons_name(host: str) -> None:
    with pytest.raises(ServiceError, match="AccessDenied"):
        check_origin(request(Host=host), PORT)


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("b-1.s3.amazonaws.com", "b-1"),
        ("b.with.dots.s3.us-east-1.amazonaws.com", "b.with.dots"),
        ("stax-x.s3.dualstack.eu-west-1.amazonaws.com", "stax-x"),
        ("s3.us-east-1.amazonaws.com", ""),
        ("ec2.us-east-1.amazonaws.com", ""),
    ],
)
def test_finds_the_bucket_in_amazons_names(host: str, bucket: str) -> None:
    assert bucket_in_host(host) == bucket
