"""The region's clients, with a front that is a fake: no socket anywhere."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.clients import RegionClients
from stax_local.front.errors import error_response
from stax_local.front.keyring import Key
from stax_local.front.message import Request, Response
from stax_local.front.signature import read_signature
from stax_local.service import ServiceError

KEY = Key("AKIAREGION", "secret", "arn:aws:iam::123456789012:user/region", is_internal=True)
VPCS = b"<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>"


class Front:
    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answers.pop(0)


def clients(front: Front) -> Any:
    return RegionClients("http://127.0.0.1:4599", KEY, front)


def test_the_front_answers_in_place_of_the_network() -> None:
    front = Front(Response(200, (("Content-Type", "text/xml"),), VPCS))
    assert clients(front)("ec2", "eu-west-1").describe_vpcs()["Vpcs"] == [{"VpcId": "vpc-1"}]


def test_calls_are_signed_with_the_regions_own_key_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken_configuration = tmp_path / "config"
    broken_configuration.write_text("[this is no configuration")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODY")
    monkeypatch.setenv("AWS_PROFILE", "nobody-has-this-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://somewhere.example")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken_configuration))
    front = Front(Response(200, (), VPCS))
    clients(front)("ec2", "eu-west-1").describe_vpcs()
    signature = read_signature(front.asked[0])
    assert signature
    assert (signature.access_key_id, signature.region, signature.service) == ("AKIAREGION", "eu-west-1", "ec2")
    assert front.asked[0].header("Host") == "127.0.0.1:4599"


def test_an_error_is_heard_at_once_and_not_tried_again() -> None:
    failure = error_response(ServiceError("InternalFailure", "bug", status=500), "ec2", "ec2", "id")
    front = Front(failure, failure)
    with pytest.raises(ClientError, match="InternalFailure"):
        clients(front)("ec2", "us-east-1").describe_vpcs()
    assert len(front.asked) == 1


def test_objects_stream_both_ways() -> None:
    front = Front(Response(200), Response(200, (("Content-Length", "5"),), b"hello"))
    s3 = clients(front)("s3", "us-east-1")
    s3.put_object(Bucket="bucket", Key="a key", Body=b"body")
    assert s3.get_object(Bucket="bucket", Key="a key")["Body"].read() == b"hello"
    assert (front.asked[0].target, front.asked[0].body) == ("/bucket/a%20key", b"body")


def test_a_client_is_made_once() -> None:
    made = clients(Front())
    assert made("sts", "us-east-1") is made("sts", "us-east-1")
    assert made("sts", "us-east-1") is not made("sts", "eu-west-1")
