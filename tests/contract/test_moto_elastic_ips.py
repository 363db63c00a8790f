"""Elastic IPs, as EC2 answers."""

from ipaddress import IPv4Address
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import elastic_ips

mends = pytest.mark.mends(elastic_ips.PATCH)


def holder(account: Any, address: str) -> dict[str, Any]:
    found: dict[str, Any] = account.ec2.describe_addresses(PublicIps=[address])["Addresses"][0]
    return found


@mends
def test_a_moved_address_leaves_its_old_holder(account: Any) -> None:
    subnet_id = account.subnet()
    old, new = account.interface(subnet_id), account.interface(subnet_id)
    account.launch(interface_id=old)
    new_instance = account.launch(interface_id=new)
    allocation_id, address = account.elastic_ip()
    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=old)

    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=new, AllowReassociation=True)

    assert "Association" not in account.shown(old)
    assert account.shown(new)["Association"]["PublicIp"] == address
    assert holder(account, address)["InstanceId"] == new_instance


@mends
def test_an_address_on_an_interface_names_the_instance(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    instance_id = account.launch(interface_id=interface_id)
    allocation_id, address = account.elastic_ip()

    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=interface_id)

    assert holder(account, address)["InstanceId"] == instance_id
    assert account.instance(instance_id)["PublicIpAddress"] == address


@mends
def test_a_secondary_address_can_have_an_address_of_its_own(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    account.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.1.77"])
    (first, first_ip), (second, second_ip) = account.elastic_ip(), account.elastic_ip()

    account.ec2.associate_address(AllocationId=first, NetworkInterfaceId=interface_id)
    account.ec2.associate_address(AllocationId=second, NetworkInterfaceId=interface_id, PrivateIpAddress="10.0.1.77")

    shown = {item["PrivateIpAddress"]: item for item in account.shown(interface_id)["PrivateIpAddresses"]}
    assert shown["10.0.1.77"]["Association"]["PublicIp"] == second_ip
    assert shown["10.0.1.4"]["Association"]["PublicIp"] == first_ip
    assert holder(account, second_ip)["PrivateIpAddress"] == "10.0.1.77"


@mends
def test_a_held_address_is_refused_without_reassociation(account: Any) -> None:
    subnet_id = account.subnet()
    interface_id = account.interface(subnet_id)
    (first, _), (second, _) = account.elastic_ip(), account.elastic_ip()
    account.ec2.associate_address(AllocationId=first, NetworkInterfaceId=interface_id)

    with pytest.raises(ClientError, match=r"Resource\.AlreadyAssociated"):
        account.ec2.associate_address(AllocationId=second, NetworkInterfaceId=interface_id, AllowReassociation=False)


@mends
def test_an_address_pushed_out_by_another_is_free_again(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    (first, first_ip), (second, _) = account.elastic_ip(), account.elastic_ip()
    account.ec2.associate_address(AllocationId=first, NetworkInterfaceId=interface_id)

    account.ec2.associate_address(AllocationId=second, NetworkInterfaceId=interface_id, AllowReassociation=True)

    assert "AssociationId" not in holder(account, first_ip)


@mends
def test_an_address_in_use_is_not_released(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    allocation_id, _ = account.elastic_ip()
    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=interface_id)

    with pytest.raises(ClientError, match=r"InvalidIPAddress\.InUse"):
        account.ec2.release_address(AllocationId=allocation_id)


@mends
def test_addresses_come_from_the_pools_that_belong_to_nobody(account: Any) -> None:
    taken = [IPv4Address(account.elastic_ip()[1]) for _ in range(300)]

    assert len(set(taken)) == 300
    assert all(any(address in pool for pool in elastic_ips.POOLS) for address in taken)


def test_an_address_stays_with_its_interface_when_the_instance_goes(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    instance_id = account.launch(interface_id=interface_id)
    allocation_id, address = account.elastic_ip()
    account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=interface_id)

    account.terminate(instance_id)

    assert holder(account, address)["NetworkInterfaceId"] == interface_id
    assert not holder(account, address).get("InstanceId")


def test_disassociation_by_its_id_frees_the_address(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    allocation_id, _ = account.elastic_ip()
    association = account.ec2.associate_address(AllocationId=allocation_id, NetworkInterfaceId=interface_id)

    account.ec2.disassociate_address(AssociationId=association["AssociationId"])

    assert "Association" not in account.shown(interface_id)
    account.ec2.release_address(AllocationId=allocation_id)
