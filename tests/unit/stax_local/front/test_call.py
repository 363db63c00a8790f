from email.message import Message

import pytest

from stax_local.front.call import Call, read_call
from stax_local.front.message import Request
from stax_local.front.signature import Signature

FORM = "application/x-www-form-urlencoded; charset=utf-8"


def call(method: str, target: str, service: str, body: bytes = b"", **headers: str) -> Call:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    signature = Signature("AKIA", "20261122", "eu-west-1", service, (), "", "")
    return read_call(Request(method, target, message, body), signature)


def test_reads_the_query_protocol_from_the_body_or_the_address() -> None:
    posted = call("POST", "/", "cloudformation", b"Action=CreateStack&StackName=a%20b&Empty=", Content_Type=FORM)
    asked = call("GET", "/?Action=CreateStack&StackName=a%20b&Empty=", "cloudformation")

    assert posted.parameters == asked.parameters == {"Action": "CreateStack", "StackName": "a b", "Empty": ""}
    assert (posted.protocol, posted.operation, posted.region) == ("query", "CreateStack", "eu-west-1")


def test_reads_ec2s_own_kind_of_it() -> None:
    assert call("POST", "/", "ec2", b"Action=RunInstances", Content_Type=FORM).protocol == "ec2"


def test_reads_the_json_protocol_from_its_target() -> None:
    read = call("POST", "/", "ssm", b"{}", X_Amz_Target="AmazonSSM.PutParameter")
    assert (read.protocol, read.operation) == ("json", "PutParameter")


def test_reads_the_cbor_protocol_from_its_path() -> None:
    path = "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm"
    read = call("POST", path, "monitoring", Smithy_Protocol="rpc-v2-cbor")
    assert (read.protocol, read.operation) == ("cbor", "PutMetricAlarm")


def test_an_object_in_s3_is_never_taken_for_an_action() -> None:
    read = call("GET", "/bucket/key?Action=RunInstances", "s3")
    assert (read.protocol, read.operation) == ("rest", "GET")


@pytest.mark.parametrize(
    ("operation", "mutates"),
    [("DescribeInstances", False), ("GetParameter", False), ("ListStacks", False), ("ValidateTemplate", False),
     ("RunInstances", True), ("TerminateInstances", True), ("DetectStackDrift", True), ("AssumeRole", True)],
)  # fmt: skip
def test_knows_what_may_change_something(operation: str, mutates: bool) -> None:
    assert call("POST", "/", "ec2", f"Action={operation}".encode(), Content_Type=FORM).mutates is mutates


@pytest.mark.parametrize(("method", "mutates"), [("GET", False), ("HEAD", False), ("PUT", True), ("DELETE", True)])
def test_knows_it_of_methods_too(method: str, mutates: bool) -> None:
    assert call(method, "/bucket", "s3").mutates is mutates
