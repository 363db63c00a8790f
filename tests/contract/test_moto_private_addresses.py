"""Private addresses, as EC2 hands them out."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import private_addresses

mends = pytest.mark.mends(private_addresses.PATCH)


def addresses(account: Any, interface_id: str) -> list[str]:
    return [item["PrivateIpAddress"] for item in account.shown(interface_id)["PrivateIpAddresses"]]


@mends
def test_a_subnet_is_filled_without_its_reserved_addresses_and_then_full(account: Any) -> None:
    subnet_id = account.subnet(cidr_block="10.0.1.0/28")

    taken = {addresses(account, account.interface(subnet_id))[0] for _ in range(11)}

    assert taken == {f"10.0.1.{last}" for last in range(4, 15)}
    with pytest.raises(ClientError, match="InsufficientFreeAddressesInSubnet"):
        account.interface(subnet_id)


@mends
def test_machines_come_and_go_for_ever_in_a_small_subnet(account: Any) -> None:
    subnet_id = account.subnet(cidr_block="10.0.1.0/28")

    for _ in range(30):
        account.terminate(account.launch(SubnetId=subnet_id))

    subnet = account.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    assert subnet["AvailableIpAddressCount"] == 11


@mends
@pytest.mark.parametrize("address", ["10.0.1.3", "10.0.1.255", "10.0.2.4"])
def test_an_address_that_nobody_may_have_is_refused(account: Any, address: str) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        account.interface(account.subnet(), PrivateIpAddress=address)


@mends
def test_an_address_in_use_is_refused(account: Any) -> None:
    subnet_id = account.subnet()
    account.interface(subnet_id, PrivateIpAddress="10.0.1.50")

    with pytest.raises(ClientError, match=r"InvalidIPAddress\.InUse"):
        account.interface(subnet_id, PrivateIpAddress="10.0.1.50")


@mends
def test_reassignment_takes_the_address_from_its_old_interface(account: Any) -> None:
    subnet_id = account.subnet()
    old, new = account.interface(subnet_id), account.interface(subnet_id)
    account.ec2.assign_private_ip_addresses(NetworkInterfaceId=old, PrivateIpAddresses=["10.0.1.77"])

    with pytest.raises(ClientError, match=r"InvalidIPAddress\.InUse"):
        account.ec2.assign_private_ip_addresses(NetworkInterfaceId=new, PrivateIpAddresses=["10.0.1.77"])
    moved = account.ec2.assign_private_ip_addresses(
        NetworkInterfaceId=new, PrivateIpAddresses=["10.0.1.77"], AllowReassignment=True
    )

    assert [item["PrivateIpAddress"] for item in moved["AssignedPrivateIpAddresses"]] == ["10.0.1.77"]
    assert addresses(account, old) == ["10.0.1.4"]
    assert addresses(account, new) == ["10.0.1.5", "10.0.1.77"]


@mends
def test_secondary_addresses_are_the_next_free_ones(account: Any) -> None:
    interface_id = account.interface(account.subnet(), SecondaryPrivateIpAddressCount=2)

    account.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, SecondaryPrivateIpAddressCount=1)

    assert addresses(account, interface_id) == ["10.0.1.4", "10.0.1.5", "10.0.1.6", "10.0.1.7"]


@mends
def test_the_primary_address_is_never_taken_away(account: Any) -> None:
    interface_id = account.interface(account.subnet())

    with pytest.raises(ClientError, match="InvalidParameterValue"):
        account.ec2.unassign_private_ip_addresses(NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.1.4"])


def test_a_secondary_address_taken_away_is_free_again(account: Any) -> None:
    subnet_id = account.subnet()
    interface_id = account.interface(subnet_id)
    account.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.1.77"])

    account.ec2.unassign_private_ip_addresses(NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.1.77"])

    assert addresses(account, account.interface(subnet_id, PrivateIpAddress="10.0.1.77")) == ["10.0.1.77"]
