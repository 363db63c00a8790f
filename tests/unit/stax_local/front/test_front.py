"""The front between a client that signs with botocore and services that are fakes."""

from collections.abc import Callable, Iterable, Mapping
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from stax_local.front.emulated import Emulated
from stax_local.front.faults import Fault, Faults
from stax_local.front.front import Front
from stax_local.front.keyring import Key, Keyring
from stax_local.front.message import NoAnswer, Request, Response
from stax_local.front.own import OwnServices
from stax_local.front.requestlog import RequestLog
from stax_local.service import Caller, Operation, ServiceError

PORT = 4599
OWNER = Key("AKIAOWNER", "secret", "arn:aws:iam::123456789012:user/local")
FORM = "application/x-www-form-urlencoded"


class Stacks:
    """A CloudFormation that knows two operations."""

    name = "cloudformation"

    def operations(self) -> Mapping[str, Operation]:
        return {"DescribeStacks": self.describe, "DeleteStack": self.fail, "ValidateTemplate": self.crash}

    def describe(self, caller: Caller, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"NextToken": f"{caller.arn} asked {caller.region} for {asked['StackName']}"}

    def fail(self, caller: Caller, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ServiceError("ValidationError", "Stack is protected")

    def crash(self, caller: Caller, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        raise KeyError("secret detail")


class Moto:
    """An emulator that answers with what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read().decode()
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['HTTP_HOST']} {environ['RAW_URI']} {body}")
        if "Unknown" in body:
            raise NotImplementedError
        if "Stumbles" in body and self.asked.count(self.asked[-1]) == 2:
            raise RuntimeError("dictionary changed size during iteration")
        if "Buggy" in body:
            raise IndexError("list index out of range")
        start("200 OK", [("Content-Type", "text/xml")])
        return [b"<ok/>"]


class NoDoor:
    def answer(self, request: Request) -> Response | None:
        return None


class World:
    """A front and what stands behind it."""

    def __init__(self, folder: Path) -> None:
        self.moto = Moto()
        self.log = folder / "requests.log"
        self.emulated = Emulated(self.moto, frozenset({"ec2", "s3"}), "123456789012")
        self.changes: list[str] = []
        self.emulated.on_change = lambda call: self.changes.append(call.operation)
        self.faults = Faults(sleep=lambda _seconds: None)
        self.front = Front(
            PORT, Keyring(OWNER), OwnServices([Stacks()]), self.emulated, NoDoor(), RequestLog(self.log), self.faults
        )

    def ask(self, service: str, body: str = "", *, path: str = "/", host: str = "127.0.0.1:4599") -> Response:
        made = AWSRequest(method="POST", url=f"http://{host}{path}", data=body.encode(), headers={"Content-Type": FORM})
        SigV4Auth(Credentials(OWNER.access_key_id, OWNER.secret_access_key), service, "eu-west-1").add_auth(made)
        headers = Message()
        for name, value in made.headers.items():
            headers[name] = value
        headers["Host"] = host
        return self.front(Request("POST", urlsplit(made.url).path, headers, body.encode()))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_service_of_its_own_is_asked_in_plain_words(world: World) -> None:
    answer = world.ask("cloudformation", "Action=DescribeStacks&StackName=demo")
    assert answer.status == 200
    assert b"<NextToken>arn:aws:iam::123456789012:user/local asked eu-west-1 for demo</NextToken>" in answer.body


def test_its_errors_are_said_in_its_protocol(world: World) -> None:
    answer = world.ask("cloudformation", "Action=DeleteStack&StackName=demo")
    assert (answer.status, b"<Code>ValidationError</Code><Message>Stack is protected</Message>" in answer.body) == (
        400,
        True,
    )


def test_parameters_that_do_not_fit_are_a_validation_error(world: World) -> None:
    answer = world.ask("cloudformation", "Action=DeleteStack")
    assert (answer.status, b"ValidationError" in answer.body, b"StackName" in answer.body) == (400, True, True)


def test_a_bug_is_an_internal_failure_that_tells_nothing_but_where_to_look(world: World) -> None:
    for answer in (
        world.ask("cloudformation", "Action=ValidateTemplate&TemplateBody=x"),
        world.ask("ec2", "Action=DescribeBuggy"),
    ):
        assert (answer.status, b"InternalFailure" in answer.body) == (500, True)
        assert b"secret detail" not in answer.body
        assert b"index out of range" not in answer.body


@pytest.mark.parametrize(
    ("service", "body", "code", "name"),
    [("cloudformation", "Action=CreateStackSet", b"InvalidAction", b"cloudformation:CreateStackSet"),
     ("ec2", "Action=Unknown", b"InvalidAction", b"ec2:Unknown"), ("lambda", "", b"UnknownService", b"lambda")],
)  # fmt: skip
def test_what_it_does_not_do_is_refused_by_name(
    world: World, service: str, body: str, code: bytes, name: bytes
) -> None:
    answer = world.ask(service, body)
    assert answer.status in {400, 501}
    assert code in answer.body
    assert name in answer.body


def test_everything_else_is_the_emulators(world: World) -> None:
    assert world.ask("ec2", "Action=RunInstances").body == b"<ok/>"
    assert world.moto.asked == ["POST localhost:4599 / Action=RunInstances"]


def test_changes_are_told_and_reads_only_when_they_are_a_regions_first(world: World) -> None:
    for action in ("DescribeVpcs", "DescribeVpcs", "RunInstances", "DescribeVpcs"):
        world.ask("ec2", f"Action={action}")
    assert world.changes == ["DescribeVpcs", "RunInstances"]


def test_a_read_that_stumbles_over_a_change_is_asked_again(world: World) -> None:
    first, second = (world.ask("ec2", "Action=DescribeStumbles") for _ in range(2))
    assert (first.status, second.status, len(world.moto.asked)) == (200, 200, 3)


def test_a_call_that_is_not_admitted_is_not_made(world: World) -> None:
    def refuse(call: Any, key: Key) -> None:
        raise ServiceError("VpcLimitExceeded", "enough")

    world.emulated.admit = refuse
    assert b"VpcLimitExceeded" in world.ask("ec2", "Action=CreateVpc").body
    assert world.moto.asked == []


def test_a_bucket_in_the_hosts_name_is_found_again_in_the_path(world: World) -> None:
    world.ask("s3", path="/key", host="bucket.localhost:4599")
    assert world.moto.asked == ["POST localhost:4599 /bucket/key "]


def test_without_a_signature_nothing_is_asked(world: World) -> None:
    headers = Message()
    headers["Host"] = "127.0.0.1:4599"
    answer = world.front(Request("GET", "/bucket/key", headers))
    assert (answer.status, b"MissingAuthenticationToken" in answer.body, world.moto.asked) == (403, True, [])


def test_a_web_page_learns_nothing(world: World) -> None:
    headers = Message()
    headers["Host"] = "127.0.0.1:4599"
    headers["Origin"] = "http://evil.example"
    answer = world.front(Request("OPTIONS", "/", headers))
    assert answer.status == 403
    assert not answer.header("Access-Control-Allow-Origin")


def test_faults_act_before_anything_is_done(world: World) -> None:
    world.faults.rules = (Fault("blackhole", operation="RunInstances"), Fault("throttle", operation="CreateVpc"))
    assert b"RequestLimitExceeded" in world.ask("ec2", "Action=CreateVpc").body
    with pytest.raises(NoAnswer):
        world.ask("ec2", "Action=RunInstances")
    assert world.moto.asked == []


def test_the_log_tells_what_was_asked_and_never_with_what(world: World) -> None:
    world.ask("ec2", "Action=RunInstances&UserData=c2VjcmV0")
    world.ask("cloudformation", "Action=DeleteStack&StackName=private")
    first, second = world.log.read_text().splitlines()
    assert " ec2:RunInstances eu-west-1 200 " in first
    assert " cloudformation:DeleteStack eu-west-1 400 " in second
    assert second.endswith("by 123456789012:user/local ValidationError")
    assert "c2VjcmV0" not in first
    assert "private" not in second
