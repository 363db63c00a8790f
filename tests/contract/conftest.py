"""moto in this process, mended, for contract tests.

A test marked `mends(PATCH)` runs twice: mended, where it has to pass, and with that patch left
out, where it has to fail.  When it passes there, moto no longer needs the patch.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from urllib3.response import HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

from stax_local.emulator import account as accounts
from stax_local.emulator import application, observe, patches, prepare, transition
from stax_local.emulator.patches.patch import Patch

FLATCAR = "075585003325"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "mends(patch): the test fails when the patch is left out")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("mends")
    if marker is None or "account" not in metafunc.fixturenames:
        return
    as_moto_is = pytest.param(marker.args[0], id="as-moto-is", marks=pytest.mark.xfail(reason="moto is like that"))
    metafunc.parametrize("left_out", [pytest.param(None, id="mended"), as_moto_is])


@pytest.fixture
def left_out() -> Patch | None:
    return None


class Account:
    """An empty account of a region, and what most tests need in it."""

    def __init__(self) -> None:
        self.ec2 = self.client("ec2")

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return _client(service, region)

    def image(self, architecture: str = "x86_64") -> str:
        filters = [{"Name": "architecture", "Values": [architecture]}, {"Name": "name", "Values": ["Flatcar-stable-*"]}]
        image_id: str = self.ec2.describe_images(Owners=[FLATCAR], Filters=filters)["Images"][0]["ImageId"]
        return image_id

    def vpc(self, cidr_block: str = "10.0.0.0/16") -> str:
        vpc_id: str = self.ec2.create_vpc(CidrBlock=cidr_block)["Vpc"]["VpcId"]
        return vpc_id

    def subnet(self, vpc_id: str = "", cidr_block: str = "10.0.1.0/24", zone: str = "us-east-1a") -> str:
        subnet = self.ec2.create_subnet(VpcId=vpc_id or self.vpc(), CidrBlock=cidr_block, AvailabilityZone=zone)
        subnet_id: str = subnet["Subnet"]["SubnetId"]
        return subnet_id

    def interface(self, subnet_id: str, **more: Any) -> str:
        made = self.ec2.create_network_interface(SubnetId=subnet_id, **more)
        interface_id: str = made["NetworkInterface"]["NetworkInterfaceId"]
        return interface_id

    def launch(self, *, interface_id: str = "", **more: Any) -> str:
        """Run one instance and let it boot."""
        instance_id = self.launch_pending(interface_id=interface_id, **more)
        transition.running(instance_id)
        return instance_id

    def launch_pending(self, *, interface_id: str = "", **more: Any) -> str:
        asked = {"ImageId": self.image(), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **more}
        if interface_id:
            asked["NetworkInterfaces"] = [{"DeviceIndex": 0, "NetworkInterfaceId": interface_id}]
        instance_id: str = self.ec2.run_instances(**asked)["Instances"][0]["InstanceId"]
        return instance_id

    def instance(self, instance_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][
            0
        ]
        return found

    def state(self, instance_id: str) -> str:
        return str(self.instance(instance_id)["State"]["Name"])

    def terminate(self, instance_id: str) -> None:
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        transition.terminated(instance_id)

    def elastic_ip(self) -> tuple[str, str]:
        """Return its allocation id and its address."""
        made = self.ec2.allocate_address(Domain="vpc")
        return made["AllocationId"], made["PublicIp"]

    def shown(self, interface_id: str) -> dict[str, Any]:
        found = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface_id])["NetworkInterfaces"]
        shown: dict[str, Any] = found[0]
        return shown


@pytest.fixture
def account(left_out: Patch | None) -> Iterator[Account]:
    prepare()
    if left_out is not None:
        patches.apply_all_but(left_out)
    accounts.forget()
    yield Account()
    accounts.forget()
    patches.unapply_all()
    patches.apply_all()


@pytest.fixture
def world(account: Account) -> Any:
    """Reads the world anew at each call."""
    return observe.snapshot


@cache
def _client(service: str, region: str) -> Any:
    # Making one takes longer than most tests.
    client = botocore.session.Session().create_client(
        service,
        region_name=region,
        endpoint_url="http://127.0.0.1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    client.meta.events.register_first("before-send", _send)
    return client


def _send(request: AWSPreparedRequest, **_context: Any) -> AWSResponse:
    body = request.body.encode() if isinstance(request.body, str) else request.body
    content = body.read() if hasattr(body, "read") else body or b""
    headers = [(name, value.decode() if isinstance(value, bytes) else value) for name, value in request.headers.items()]
    builder = EnvironBuilder.from_environ(
        EnvironBuilder(request.url, method=request.method, data=content, headers=headers).get_environ()
    )
    answer, status, answer_headers = run_wsgi_app(application(), builder.get_environ())
    raw = HTTPResponse(
        BytesIO(b"".join(answer)), headers=dict(answer_headers), preload_content=False, request_method=request.method
    )
    return AWSResponse(request.url, int(status.split()[0]), HeadersDict(dict(answer_headers)), raw)
