"""What of EC2 is carried out, and what is refused although the emulator would note it down."""

from email.message import Message

import pytest
from botocore.loaders import Loader

from stax_local.front.call import Call
from stax_local.front.message import Request
from stax_local.front.offered import CARRIED_OUT, is_offered


def call(operation: str, service: str = "ec2") -> Call:
    return Call(Request("POST", "/", Message()), service, "us-east-1", "AKIA", "ec2", operation)


@pytest.mark.parametrize("operation", ["CreateNatGateway", "CreateNetworkAclEntry", "CreateVpcEndpoint", "CopyImage"])
def test_what_no_packet_or_machine_would_follow_is_refused(operation: str) -> None:
    assert not is_offered(call(operation))


@pytest.mark.parametrize("operation", ["RunInstances", "ReplaceRoute", "DescribeNatGateways", "GetConsoleOutput"])
def test_what_is_done_and_what_only_reads_passes(operation: str) -> None:
    assert is_offered(call(operation))
    assert is_offered(call("CreateNatGateway", service="sts")), "another service's business"


def test_all_of_them_are_ec2s_own_and_change_something() -> None:
    operations = Loader().load_service_model("ec2", "service-2")["operations"]

    assert set(operations) >= CARRIED_OUT
    assert all(call(operation).mutates for operation in CARRIED_OUT)
