"""The region at the level of bytes, connections and crowds."""

import http.client
import json
import socket
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

CROWD = 30


def talk(region: Any, said: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", region.settings.port), timeout=10) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def host(region: Any) -> bytes:
    return b"Host: 127.0.0.1:%d\r\n" % region.settings.port


@contextmanager
def faults(region: Any, *rules: dict[str, Any]) -> Iterator[None]:
    def put(now: list[dict[str, Any]]) -> None:
        request = urllib.request.Request(  # noqa: S310
            f"{region.endpoint_url}/stax/faults",
            json.dumps(now).encode(),
            {"Authorization": f"Bearer {region.settings.control_token}"},
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310

    put(list(rules))
    try:
        yield
    finally:
        put([])


@pytest.fixture
def bucket(region: Any) -> Iterator[str]:
    region.client("s3").create_bucket(Bucket="http-bytes")
    yield "http-bytes"
    for each in region.client("s3").list_objects_v2(Bucket="http-bytes").get("Contents", []):
        region.client("s3").delete_object(Bucket="http-bytes", Key=each["Key"])
    region.client("s3").delete_bucket(Bucket="http-bytes")


def test_many_requests_share_a_connection(region: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", region.settings.port, timeout=5)
    for _ in range(3):
        connection.request("GET", "/checkip")
        assert connection.getresponse().read() == b"203.0.113.1\n"
    connection.close()


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_a_web_pages_preflight_is_refused_without_a_word_about_origins(region: Any, origin: str) -> None:
    answer = talk(region, b"OPTIONS / HTTP/1.1\r\n" + host(region) + b"Origin: " + origin.encode() + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"access-control" not in answer.lower()


def test_a_name_that_was_rebound_to_loopback_is_refused(region: Any) -> None:
    assert talk(region, b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n").startswith(b"HTTP/1.1 403 ")


def test_unsigned_requests_are_refused(region: Any, bucket: str) -> None:
    for target in (b"/", b"/http-bytes/key", b"/?Action=DescribeVpcs"):
        assert b"MissingAuthenticationToken" in talk(
            region, b"GET " + target + b" HTTP/1.1\r\n" + host(region) + b"\r\n"
        )


@pytest.mark.parametrize(
    ("headers", "status"),
    [(b"Content-Length: many\r\n", 400), (b"Content-Length: -1\r\n", 400), (b"Content-Length: 99999999999\r\n", 413),
     (b"Content-Length: 10\r\n", 400), (b"Transfer-Encoding: chunked\r\n", 400)],
)  # fmt: skip
def test_a_body_that_is_not_as_announced_is_refused(region: Any, headers: bytes, status: int) -> None:
    answer = talk(region, b"POST / HTTP/1.1\r\n" + host(region) + headers + b"\r\nzz\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)


def test_nonsense_on_the_wire_harms_nobody(region: Any) -> None:
    for said in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"\r\n" * 5, b"A" * 70000):
        talk(region, said)
    assert region.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_objects_keep_their_names_and_bytes(region: Any, bucket: str) -> None:
    s3 = region.client("s3")
    key, content = "a b/c+d%2F é~!*'().txt", bytes(range(256)) * 4096
    s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata={"with_underscore": "kept"})

    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == content
    head = s3.head_object(Bucket=bucket, Key=key)
    assert (head["ContentLength"], head["Metadata"]) == (len(content), {"with_underscore": "kept"})
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
        assert answer.read() == content


def test_a_sub_resource_that_it_does_not_know_is_refused_by_name(region: Any, bucket: str) -> None:
    with pytest.raises(ClientError, match=r"NotImplemented.*requestPayment"):
        region.client("s3").get_bucket_request_payment(Bucket=bucket)


def test_a_crowd_loses_nothing(region: Any) -> None:
    ec2 = region.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]

    def join(number: int) -> str:
        ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": f"member-{number}", "Value": "here"}])
        return str(ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.77.{number}.0/24")["Subnet"]["SubnetId"])

    with ThreadPoolExecutor(CROWD) as pool:
        subnets = list(pool.map(join, range(CROWD)))

    tags = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["Tags"]
    assert len({tag["Key"] for tag in tags}) == CROWD
    assert len(set(subnets)) == CROWD
    for subnet_id in subnets:
        ec2.delete_subnet(SubnetId=subnet_id)
    ec2.delete_vpc(VpcId=vpc_id)


def test_regions_of_the_account_are_apart(region: Any) -> None:
    vpc_id = region.client("ec2", "eu-west-1").create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    with pytest.raises(ClientError, match=r"InvalidVpcID\.NotFound"):
        region.client("ec2").describe_vpcs(VpcIds=[vpc_id])
    region.client("ec2", "eu-west-1").delete_vpc(VpcId=vpc_id)


def test_instances_go_through_their_states_without_machines(region: Any) -> None:
    ec2 = region.client("ec2")
    launched = ec2.run_instances(
        ImageId=ec2.describe_images(Owners=["075585003325"])["Images"][0]["ImageId"],
        SubnetId=ec2.describe_subnets()["Subnets"][0]["SubnetId"],
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
    )["Instances"][0]
    ids = [launched["InstanceId"]]
    bounds = {"Delay": 0.05, "MaxAttempts": 100}

    assert launched["State"]["Name"] == "pending"
    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig=bounds)
    assert ec2.stop_instances(InstanceIds=ids)["StoppingInstances"][0]["CurrentState"]["Name"] == "stopping"
    ec2.get_waiter("instance_stopped").wait(InstanceIds=ids, WaiterConfig=bounds)
    ec2.terminate_instances(InstanceIds=ids)
    ec2.get_waiter("instance_terminated").wait(InstanceIds=ids, WaiterConfig=bounds)


def test_faults_strike_and_are_gone_when_taken_back(region: Any) -> None:
    ec2 = region.client("ec2", "ap-south-1")
    with (
        faults(region, {"kind": "throttle", "service": "ec2", "operation": "Describe*"}),
        pytest.raises(ClientError, match="RequestLimitExceeded"),
    ):
        ec2.describe_vpcs()
    assert ec2.describe_vpcs()["Vpcs"]


def test_a_black_hole_lets_go_without_an_answer(region: Any) -> None:
    ec2 = region.client("ec2", "ap-south-1")
    with ThreadPoolExecutor(1) as pool:
        with faults(region, {"kind": "blackhole", "operation": "DescribeVpcs"}):
            asked = pool.submit(ec2.describe_vpcs)
            with pytest.raises(TimeoutError):
                asked.result(timeout=0.5)
        with pytest.raises((ConnectionClosedError, HTTPClientError)):
            asked.result(timeout=10)


def test_the_log_holds_no_secret(region: Any) -> None:
    region.client("ssm").put_parameter(Name="/log/test", Value="hunter2hunter2", Type="SecureString")
    region.client("ssm").delete_parameter(Name="/log/test")
    said = region.folder.requests.read_text()
    assert "ssm:PutParameter" in said
    for secret in ("hunter2hunter2", region.settings.secret_access_key, region.settings.control_token):
        assert secret not in said
        assert secret not in region.folder.log.read_text()
