"""RunInstances and launch templates, as EC2 understands them."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator.patches import launch_templates, run_instances

mends_run = pytest.mark.mends(run_instances.PATCH)
mends_template = pytest.mark.mends(launch_templates.PATCH)

USER_DATA = base64.b64encode(b'{"ignition": {"version": "3.3.0"}}').decode()


def profile(account: Any) -> str:
    iam = account.client("iam")
    iam.create_role(RoleName="docker", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    iam.create_instance_profile(InstanceProfileName="docker")
    iam.add_role_to_instance_profile(InstanceProfileName="docker", RoleName="docker")
    return "docker"


def template(account: Any, **data: Any) -> str:
    made = account.ec2.create_launch_template(
        LaunchTemplateName="docker",
        LaunchTemplateData={"ImageId": account.image(), "InstanceType": "t3.large", **data},
    )
    template_id: str = made["LaunchTemplate"]["LaunchTemplateId"]
    return template_id


def run(account: Any, template_id: str, *, version: str = "$Latest", **more: Any) -> list[dict[str, Any]]:
    asked = {"MinCount": 1, "MaxCount": 1, "SubnetId": account.subnet(), **more}
    answer = account.ec2.run_instances(LaunchTemplate={"LaunchTemplateId": template_id, "Version": version}, **asked)
    instances: list[dict[str, Any]] = answer["Instances"]
    return instances


@mends_run
def test_a_machine_is_all_that_its_template_says(account: Any, world: Callable[[], Any]) -> None:
    template_id = template(
        account,
        UserData=USER_DATA,
        IamInstanceProfile={"Name": profile(account)},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "Encrypted": True}}],
    )

    (instance,) = run(account, template_id)

    made = world().instances[instance["InstanceId"]]
    assert made.role_name == "docker"
    assert (made.metadata_options.tokens_required, made.metadata_options.hop_limit) == (True, 2)
    assert [(volume.device_name, volume.size_gib, volume.encrypted) for volume in made.volumes] == [
        ("/dev/xvda", 30, True)
    ]
    assert made.volumes[0].delete_on_termination
    assert made.user_data == USER_DATA


@mends_run
def test_volumes_carry_their_tags(account: Any) -> None:
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "App", "Value": "test"}]}]

    run(account, template(account, TagSpecifications=tags))

    (volume,) = account.ec2.describe_volumes()["Volumes"]
    assert volume["Tags"] == [{"Key": "App", "Value": "test"}]


@mends_run
def test_a_volume_of_default_size_may_be_named_without_one(account: Any) -> None:
    template_id = template(account, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}])

    run(account, template_id)

    assert [volume["Size"] for volume in account.ec2.describe_volumes()["Volumes"]] == [8]


@mends_template
def test_a_new_version_with_user_data_can_be_launched(account: Any) -> None:
    template_id = template(account)
    account.ec2.create_launch_template_version(
        LaunchTemplateId=template_id, SourceVersion="1", LaunchTemplateData={"UserData": USER_DATA}
    )

    (instance,) = run(account, template_id)

    assert instance["InstanceType"] == "t3.large"
    attribute = account.ec2.describe_instance_attribute(InstanceId=instance["InstanceId"], Attribute="userData")
    assert attribute["UserData"]["Value"] == USER_DATA


@mends_template
def test_a_version_that_does_not_exist_is_refused(account: Any) -> None:
    template_id = template(account)

    with pytest.raises(ClientError, match=r"InvalidLaunchTemplateId\.VersionNotFound"):
        run(account, template_id, version="0")


@mends_run
def test_all_machines_of_a_launch_have_the_profile(account: Any, world: Callable[[], Any]) -> None:
    run(account, template(account), MinCount=1, MaxCount=3, IamInstanceProfile={"Name": profile(account)})

    assert [instance.role_name for instance in world().instances.values()] == ["docker"] * 3


@mends_run
def test_the_same_token_never_launches_twice(account: Any, world: Callable[[], Any]) -> None:
    template_id, subnet_id = template(account), account.subnet()

    first = run(account, template_id, SubnetId=subnet_id, ClientToken="once")
    second = run(account, template_id, SubnetId=subnet_id, ClientToken="once")

    assert first[0]["InstanceId"] == second[0]["InstanceId"]
    assert len(world().instances) == 1
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        run(account, template_id, SubnetId=subnet_id, ClientToken="once", InstanceType="t3.micro")


@mends_run
def test_the_token_of_a_terminated_machine_is_refused(account: Any) -> None:
    template_id, subnet_id = template(account), account.subnet()
    (instance,) = run(account, template_id, SubnetId=subnet_id, ClientToken="once")
    account.terminate(instance["InstanceId"])

    with pytest.raises(ClientError, match="IdempotentInstanceTerminated"):
        run(account, template_id, SubnetId=subnet_id, ClientToken="once")


@mends_run
def test_termination_protection_can_be_asked_for_at_launch(account: Any) -> None:
    instance_id = account.launch(SubnetId=account.subnet(), DisableApiTermination=True)

    with pytest.raises(ClientError, match="OperationNotPermitted"):
        account.ec2.terminate_instances(InstanceIds=[instance_id])


@mends_run
def test_a_launch_that_fails_half_way_leaves_nothing(account: Any, world: Callable[[], Any]) -> None:
    subnet_id = account.subnet(cidr_block="10.0.1.0/28")

    with pytest.raises(ClientError, match="InsufficientFreeAddressesInSubnet"):
        run(account, template(account), SubnetId=subnet_id, MinCount=12, MaxCount=12)

    assert not world().instances
    assert not world().network_interfaces
    assert not account.ec2.describe_volumes()["Volumes"]


@mends_run
def test_a_type_of_another_architecture_is_refused(account: Any) -> None:
    with pytest.raises(ClientError, match="does not match the architecture 'x86_64'"):
        account.launch(SubnetId=account.subnet(), InstanceType="t4g.micro")


@mends_run
def test_user_data_has_a_limit(account: Any) -> None:
    with pytest.raises(ClientError, match="limited to 16384 bytes"):
        account.launch(SubnetId=account.subnet(), UserData="x" * 16385)


@mends_run
def test_the_interface_made_for_a_machine_goes_with_it_and_one_made_before_stays(
    account: Any, world: Callable[[], Any]
) -> None:
    subnet_id = account.subnet()
    before = account.interface(subnet_id)

    account.terminate(account.launch(interface_id=before))
    account.terminate(account.launch(SubnetId=subnet_id))

    assert list(world().network_interfaces) == [before]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"ImageId": "ami-0123456789abcdef0"}, r"InvalidAMIID\.NotFound"),
        ({"KeyName": "no-such-key"}, r"InvalidKeyPair\.NotFound"),
        ({"InstanceType": "t9.huge"}, "InvalidInstanceType"),
        ({"MinCount": 3, "MaxCount": 2}, "maxCount"),
    ],
)
def test_what_cannot_be_launched_is_refused(account: Any, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(ClientError, match=told):
        account.launch(SubnetId=account.subnet(), **asked)


@mends_run
def test_a_root_volume_holds_its_image(account: Any) -> None:
    template_id = template(account, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 1}}])

    with pytest.raises(ClientError, match="InvalidBlockDeviceMapping"):
        run(account, template_id)


@mends_run
def test_a_second_disk_that_no_machine_would_have_is_refused_by_name(account: Any) -> None:
    template_id = template(account)

    with pytest.raises(ClientError, match="/dev/sdf"):
        run(account, template_id, BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5}}])

    assert run(account, template_id, BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "NoDevice": ""}])


@pytest.mark.mends(run_instances.PATCH)
def test_an_instance_profile_that_is_not_there_is_refused_in_ec2s_words_and_nothing_is_launched(account: Any) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        account.launch(SubnetId=account.subnet(), IamInstanceProfile={"Name": "nobodys"})

    assert account.ec2.describe_instances()["Reservations"] == []
