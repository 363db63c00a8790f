"""What of EC2 is carried out, and what is refused although the emulator would note it down."""

from email.message import Message

import pytest
from botocore.loaders import Loader

from stax_local.front.call import Call
from stax_local.front.message import Request
from stax_local.front.offered import CARRIED_OUT, check_offered
from stax_local.service import ServiceError


def call(operation: str, service: str = "ec2", **form: str) -> Call:
    named = tuple((name.replace("__", "."), value) for name, value in form.items())
    return Call(Request("POST", "/", Message()), service, "us-east-1", "AKIA", "ec2", operation, named)


@pytest.mark.parametrize("operation", ["CreateNatGateway", "CreateNetworkAclEntry", "CreateVpcEndpoint", "CopyImage"])
def test_what_no_packet_or_machine_would_follow_is_refused(operation: str) -> None:
    with pytest.raises(ServiceError, match=operation):
        check_offered(call(operation))
    check_offered(call(operation, service="sts"))  # another service's business


@pytest.mark.parametrize("operation", ["RunInstances", "ReplaceRoute", "DescribeNatGateways", "GetConsoleOutput"])
def test_what_is_done_and_what_only_reads_passes(operation: str) -> None:
    check_offered(call(operation))


@pytest.mark.parametrize(
    ("operation", "form"),
    [
        ("CreateVpc", {"AmazonProvidedIpv6CidrBlock": "true"}),
        ("CreateVpc", {"InstanceTenancy": "dedicated"}),
        ("CreateSubnet", {"Ipv6CidrBlock": "2001:db8::/64"}),
        ("CreateRoute", {"DestinationIpv6CidrBlock": "::/0"}),
        ("CreateNetworkInterface", {"InterfaceType": "efa"}),
        ("RunInstances", {"Ipv6AddressCount": "1"}),
        ("RunInstances", {"NetworkInterface__1__Ipv6AddressCount": "1"}),
        ("RunInstances", {"InstanceMarketOptions__MarketType": "spot"}),
        ("RunInstances", {"Placement__Tenancy": "host"}),
        ("CreateLaunchTemplate", {"LaunchTemplateData__HibernationOptions__Configured": "true"}),
        ("AuthorizeSecurityGroupIngress", {"IpPermissions__1__PrefixListIds__1__PrefixListId": "pl-1"}),
    ],
)
def test_a_parameter_that_would_only_be_written_down_is_refused_by_name(operation: str, form: dict[str, str]) -> None:
    name = next(iter(form)).replace("__", ".")

    with pytest.raises(ServiceError, match=f"{name}=.*{operation}"):
        check_offered(call(operation, **form))


@pytest.mark.parametrize(
    ("operation", "form"),
    [
        ("CreateVpc", {"AmazonProvidedIpv6CidrBlock": "false", "InstanceTenancy": "default"}),
        (
            "RunInstances",
            {"MetadataOptions__HttpProtocolIpv6": "disabled", "Placement__AvailabilityZone": "us-east-1a"},
        ),
        ("AuthorizeSecurityGroupIngress", {"IpPermissions__1__Ipv6Ranges__1__CidrIpv6": "::/0"}),
    ],
)
def test_a_parameter_that_asks_for_what_there_is_passes(operation: str, form: dict[str, str]) -> None:
    check_offered(call(operation, **form))


def test_all_of_them_are_ec2s_own_and_change_something() -> None:
    operations = Loader().load_service_model("ec2", "service-2")["operations"]

    assert set(operations) >= CARRIED_OUT
    assert all(call(operation).mutates for operation in CARRIED_OUT)
