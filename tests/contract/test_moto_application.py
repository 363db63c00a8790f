"""moto as one WSGI application: where a request goes, and what is not hidden."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.request import Request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from stax_local.emulator import application
from stax_local.emulator.application import SERVICES, UnknownServiceError, service_of


def ask(service: str, path: str = "/", **more: Any) -> tuple[int, bytes]:
    scope = f"AKIAIOSFODNN7EXAMPLE/20261122/us-east-1/{service}/aws4_request"
    headers = [("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")]
    answer, status, _ = run_wsgi_app(application(), EnvironBuilder(path, headers=headers, **more).get_environ())
    return int(status.split()[0]), b"".join(answer)


def test_a_service_that_is_not_served_is_named(account: Any) -> None:
    with pytest.raises(UnknownServiceError, match="no service 'dynamodb'"):
        ask("dynamodb")


def test_an_action_that_moto_lacks_is_raised_not_answered(account: Any) -> None:
    with pytest.raises(NotImplementedError):
        ask("ec2", method="POST", data={"Action": "DescribeFpgaImages", "Version": "2016-11-15"})


def test_moto_can_not_be_reset_by_a_request(account: Any, world: Any) -> None:
    account.vpc()
    before = world()

    # Here the path is an object's like any other, and one that nothing can be posted to.
    with pytest.raises(KeyError):
        ask("s3", "/moto-api/reset", method="POST")

    assert world() == before


def test_a_presigned_request_goes_to_the_service_it_is_signed_for() -> None:
    scope = "AKIA%2F20261122%2Fus-east-1%2Fsts%2Faws4_request"
    environ = EnvironBuilder(f"/?X-Amz-Credential={scope}").get_environ()

    assert service_of(Request(environ)) == "sts"
    assert service_of(Request(EnvironBuilder("/").get_environ())) == "s3"


def test_an_object_is_described_without_being_sent(account: Any) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="stax-test")
    s3.put_object(Bucket="stax-test", Key="a key/with äöü+%20", Body=b"x" * 1000)

    assert s3.head_object(Bucket="stax-test", Key="a key/with äöü+%20")["ContentLength"] == 1000
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="stax-test", Key="another")


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("cloudwatch", "describe_alarms"),
        ("ec2", "describe_vpcs"),
        ("iam", "list_roles"),
        ("kms", "list_keys"),
        ("resourcegroupstaggingapi", "get_resources"),
        ("s3", "list_buckets"),
        ("ssm", "describe_parameters"),
        ("sts", "get_caller_identity"),
    ],
)
def test_every_service_answers(account: Any, service: str, operation: str) -> None:
    answer = getattr(account.client(service), operation)()

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert service in SERVICES.values()
