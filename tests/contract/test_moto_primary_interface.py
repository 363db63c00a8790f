"""An instance's flag and groups are its primary interface's, as on EC2."""

from typing import Any

import pytest

from stax_local.emulator.patches import primary_interface

mends = pytest.mark.mends(primary_interface.PATCH)


@mends
def test_the_check_turned_off_on_the_interface_is_off_on_the_instance(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    instance_id = account.launch(interface_id=interface_id)

    account.ec2.modify_network_interface_attribute(NetworkInterfaceId=interface_id, SourceDestCheck={"Value": False})

    assert account.instance(instance_id)["SourceDestCheck"] is False


@mends
def test_the_check_turned_off_on_the_instance_is_off_on_the_interface(account: Any) -> None:
    interface_id = account.interface(account.subnet())
    instance_id = account.launch(interface_id=interface_id)

    account.ec2.modify_instance_attribute(InstanceId=instance_id, SourceDestCheck={"Value": False})

    assert account.shown(interface_id)["SourceDestCheck"] is False


@mends
def test_groups_given_to_the_instance_replace_those_of_the_interface(account: Any) -> None:
    vpc_id = account.vpc()
    subnet_id = account.subnet(vpc_id)
    first, second = (
        account.ec2.create_security_group(GroupName=name, Description="of a test", VpcId=vpc_id)["GroupId"]
        for name in ("first", "second")
    )
    instance_id = account.launch(SubnetId=subnet_id, SecurityGroupIds=[first])

    account.ec2.modify_instance_attribute(InstanceId=instance_id, Groups=[second])

    (interface,) = account.instance(instance_id)["NetworkInterfaces"]
    assert [group["GroupId"] for group in interface["Groups"]] == [second]
    assert [group["GroupId"] for group in account.instance(instance_id)["SecurityGroups"]] == [second]
