"""What EC2 refuses and moto takes: tags of what is not there, filters that are not there, other networks' groups."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import malformed_ids, networks_apart, tags, unknown_filters

NOBODYS = "0123456789abcdef0"
ANYBODY = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def refused(code: str, ask: Any, **asked: Any) -> None:
    with pytest.raises(ClientError) as caught:
        ask(**asked)
    assert caught.value.response["Error"]["Code"] == code


def group(account: Any, vpc_id: str) -> str:
    made = account.ec2.create_security_group(GroupName="mine", Description="of a test", VpcId=vpc_id)
    return str(made["GroupId"])


@pytest.mark.mends(tags.PATCH)
@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("i", "InvalidInstanceID.NotFound"),
        ("eni", "InvalidNetworkInterfaceID.NotFound"),
        ("eipalloc", "InvalidAllocationID.NotFound"),
        ("key", "InvalidKeyPair.NotFound"),
    ],
)
def test_what_is_not_there_is_not_tagged(account: Any, resource: str, code: str) -> None:
    refused(code, account.ec2.create_tags, Resources=[f"{resource}-{NOBODYS}"], Tags=[{"Key": "k", "Value": "v"}])


def test_what_is_there_is_tagged(account: Any) -> None:
    instance_id = account.launch(SubnetId=account.subnet())
    interface_id = account.instance(instance_id)["NetworkInterfaces"][0]["NetworkInterfaceId"]
    pair_id = account.ec2.create_key_pair(KeyName="mine")["KeyPairId"]
    resources = [instance_id, interface_id, account.elastic_ip()[0], pair_id]

    account.ec2.create_tags(Resources=resources, Tags=[{"Key": "k", "Value": "v"}])

    tagged = account.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["k"]}])["Tags"]
    assert {tag["ResourceId"] for tag in tagged} == set(resources)


@pytest.mark.mends(unknown_filters.PATCH)
@pytest.mark.parametrize(
    "operation",
    [
        "describe_availability_zones",
        "describe_instance_status",
        "describe_internet_gateways",
        "describe_security_groups",
        "describe_subnets",
        "describe_tags",
        "describe_vpcs",
    ],
)
def test_a_filter_that_is_not_there_is_refused(account: Any, operation: str) -> None:
    account.launch(SubnetId=account.subnet())
    account.ec2.create_internet_gateway()

    refused("InvalidParameterValue", getattr(account.ec2, operation), Filters=[{"Name": "nonsense", "Values": ["x"]}])


@pytest.mark.mends(networks_apart.PATCH)
def test_a_group_of_another_vpc_is_not_put_on_an_interface(account: Any) -> None:
    elsewhere = group(account, account.vpc("10.9.0.0/16"))

    refused("InvalidParameter", account.interface, subnet_id=account.subnet(), Groups=[elsewhere])


@pytest.mark.mends(networks_apart.PATCH)
def test_a_group_that_is_not_there_is_not_put_on_an_interface(account: Any) -> None:
    modify, interface_id = account.ec2.modify_network_interface_attribute, account.interface(account.subnet())

    refused("InvalidGroup.NotFound", modify, NetworkInterfaceId=interface_id, Groups=[f"sg-{NOBODYS}"])


@pytest.mark.mends(networks_apart.PATCH)
def test_a_rule_does_not_name_a_group_of_another_vpc(account: Any) -> None:
    mine, other = group(account, account.vpc()), group(account, account.vpc("10.9.0.0/16"))
    rule = {**ANYBODY, "IpRanges": [], "UserIdGroupPairs": [{"GroupId": other}]}

    refused("InvalidGroup.NotFound", account.ec2.authorize_security_group_ingress, GroupId=mine, IpPermissions=[rule])


@pytest.mark.mends(networks_apart.PATCH)
def test_a_route_table_serves_no_subnet_of_another_vpc(account: Any) -> None:
    table = account.ec2.create_route_table(VpcId=account.vpc("10.9.0.0/16"))["RouteTable"]["RouteTableId"]

    refused("InvalidParameterValue", account.ec2.associate_route_table, RouteTableId=table, SubnetId=account.subnet())


@pytest.mark.mends(malformed_ids.PATCH)
def test_what_is_no_id_is_malformed(account: Any) -> None:
    refused("InvalidInstanceID.Malformed", account.ec2.describe_instances, InstanceIds=["i-zzz"])
    refused("InvalidAMIID.Malformed", account.ec2.describe_images, ImageIds=["ami-zzz"])
