"""What is attached to an instance, and its attributes, as EC2 answers."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator import transition
from stax_local.emulator.patches import attachments, attributes

mends = pytest.mark.mends(attachments.PATCH)
mends_attributes = pytest.mark.mends(attributes.PATCH)


@mends
def test_an_interface_serves_one_instance(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    account.launch(interface_id=interface_id)

    with pytest.raises(ClientError, match=r"InvalidNetworkInterface\.InUse"):
        account.launch(interface_id=interface_id)


@mends
def test_a_device_index_holds_one_interface(account: Any) -> None:
    subnet_id = account.subnet()
    instance_id = account.launch(SubnetId=subnet_id)

    with pytest.raises(ClientError, match="already has an interface attached"):
        account.ec2.attach_network_interface(
            NetworkInterfaceId=account.interface(subnet_id), InstanceId=instance_id, DeviceIndex=0
        )


@mends
def test_an_interface_stays_in_its_zone(account: Any) -> None:
    vpc_id = account.vpc()
    here = account.subnet(vpc_id)
    there = account.subnet(vpc_id, cidr_block="10.0.2.0/24", zone="us-east-1b")

    with pytest.raises(ClientError, match="another zone"):
        account.ec2.attach_network_interface(
            NetworkInterfaceId=account.interface(there), InstanceId=account.launch(SubnetId=here), DeviceIndex=1
        )


@mends
def test_a_volume_says_that_it_goes_with_its_instance(account: Any) -> None:
    account.launch(SubnetId=account.subnet())

    (volume,) = account.ec2.describe_volumes()["Volumes"]

    assert volume["Attachments"][0]["DeleteOnTermination"] is True


@mends_attributes
def test_the_type_changes_only_while_the_instance_is_stopped(account: Any) -> None:
    instance_id = account.launch(SubnetId=account.subnet())

    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        account.ec2.modify_instance_attribute(InstanceId=instance_id, InstanceType={"Value": "t3.large"})


@mends_attributes
def test_metadata_options_that_are_not_named_stay(account: Any) -> None:
    given = {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}
    instance_id = account.launch(SubnetId=account.subnet(), MetadataOptions=given)

    account.ec2.modify_instance_metadata_options(InstanceId=instance_id, InstanceMetadataTags="enabled")

    options = account.instance(instance_id)["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)


@mends_attributes
@pytest.mark.parametrize(("instance_type", "credit"), [("t3.micro", ["unlimited"]), ("m5.large", [])])
def test_cpu_credits_are_the_types(account: Any, instance_type: str, credit: list[str]) -> None:
    instance_id = account.launch(SubnetId=account.subnet(), InstanceType=instance_type)

    assert credits_of(account, instance_id) == credit


def test_cpu_credits_can_be_asked_for(account: Any) -> None:
    instance_id = account.launch(SubnetId=account.subnet(), CreditSpecification={"CpuCredits": "standard"})

    assert credits_of(account, instance_id) == ["standard"]


def credits_of(account: Any, instance_id: str) -> list[str]:
    answer = account.ec2.describe_instance_credit_specifications(InstanceIds=[instance_id])
    return [entry["CpuCredits"] for entry in answer["InstanceCreditSpecifications"]]


@mends_attributes
def test_user_data_is_changed_while_stopped_and_encoded_once(account: Any) -> None:
    instance_id = account.launch()
    account.ec2.stop_instances(InstanceIds=[instance_id])
    transition.stopped(instance_id)

    account.ec2.modify_instance_attribute(InstanceId=instance_id, UserData={"Value": b"two"})

    shown = account.ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="userData")
    assert shown["UserData"]["Value"] == "dHdv"


@pytest.mark.mends(attachments.PATCH)
def test_the_primary_interface_stays(account: Any) -> None:
    subnet = account.subnet()
    instance_id = account.launch(SubnetId=subnet)
    account.ec2.attach_network_interface(
        NetworkInterfaceId=account.interface(subnet), InstanceId=instance_id, DeviceIndex=1
    )
    primary, *_ = sorted(
        account.instance(instance_id)["NetworkInterfaces"], key=lambda each: int(each["Attachment"]["DeviceIndex"])
    )

    with pytest.raises(ClientError, match="OperationNotPermitted"):
        account.ec2.detach_network_interface(AttachmentId=primary["Attachment"]["AttachmentId"])
