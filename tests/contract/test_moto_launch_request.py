"""What a launch comes to, with its template and its image."""

import base64
from typing import Any

import pytest

from stax_local.emulator.launch_request import (
    count_problem,
    merged_tags,
    user_data_problem,
    with_deleted_interfaces,
    with_root_volume,
    with_template,
)


def tagged(kind: str, **tags: str) -> dict[str, Any]:
    return {"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def test_the_request_overrides_its_template() -> None:
    template = {"InstanceType": "t3.large", "ImageId": "ami-1", "SecurityGroupIds": ["sg-1"]}

    merged = with_template({"InstanceType": "t3.micro", "SecurityGroupIds": []}, template)

    assert (merged["InstanceType"], merged["ImageId"], merged["SecurityGroupIds"]) == ("t3.micro", "ami-1", ["sg-1"])


def test_metadata_options_come_from_both() -> None:
    merged = with_template(
        {"MetadataOptions": {"HttpPutResponseHopLimit": 2}}, {"MetadataOptions": {"HttpTokens": "required"}}
    )

    assert merged["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}


def test_tags_are_merged_by_type_and_key_and_the_templates_own_are_left_out() -> None:
    merged = merged_tags(
        [tagged("instance", App="a", Owner="b"), tagged("launch-template", Name="t")],
        [tagged("instance", App="c"), tagged("volume", App="c")],
    )

    assert merged == [tagged("instance", App="c", Owner="b"), tagged("volume", App="c")]


def test_a_groups_subnet_goes_onto_the_templates_primary_interface() -> None:
    template = {"NetworkInterfaces": [{"DeviceIndex": 0, "Groups": ["sg-1"]}, {"DeviceIndex": 1}]}

    merged = with_template({"SubnetId": "subnet-1"}, template)

    assert merged["NetworkInterfaces"] == [
        {"DeviceIndex": 0, "Groups": ["sg-1"], "SubnetId": "subnet-1"},
        {"DeviceIndex": 1},
    ]
    assert "SubnetId" not in merged


def test_interfaces_of_the_request_replace_the_templates() -> None:
    template = {"NetworkInterfaces": [{"DeviceIndex": 0}], "SecurityGroupIds": ["sg-1"]}

    merged = with_template({"NetworkInterfaces": [{"DeviceIndex": 0, "NetworkInterfaceId": "eni-1"}]}, template)

    assert merged["NetworkInterfaces"] == [{"DeviceIndex": 0, "NetworkInterfaceId": "eni-1"}]
    assert "SecurityGroupIds" not in merged


def test_the_root_volume_is_added_or_completed() -> None:
    added = with_root_volume([{"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 5}}], "/dev/xvda", 8)
    (completed,) = with_root_volume([{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}], "/dev/xvda", 8)

    assert [mapping["DeviceName"] for mapping in added] == ["/dev/xvda", "/dev/xvdb"]
    assert completed["Ebs"] == {"Encrypted": True, "VolumeSize": 8, "DeleteOnTermination": True}


def test_interfaces_made_for_the_launch_go_with_it() -> None:
    made, asked, given = with_deleted_interfaces(
        [{"DeviceIndex": 0}, {"DeviceIndex": 1, "DeleteOnTermination": False}, {"NetworkInterfaceId": "eni-1"}]
    )

    assert (made["DeleteOnTermination"], asked["DeleteOnTermination"]) == (True, False)
    assert "DeleteOnTermination" not in given


@pytest.mark.parametrize(("least", "most", "fine"), [(1, 1, True), (1, 3, True), (2, 1, False), (0, 1, False)])
def test_counts_make_sense(least: int, most: int, fine: bool) -> None:
    assert (count_problem({"MinCount": least, "MaxCount": most}) == "") is fine


def test_user_data_has_a_limit_before_base64() -> None:
    def encoded(size: int) -> str:
        return base64.b64encode(b"x" * size).decode()

    assert user_data_problem(None) == user_data_problem(encoded(16384)) == ""
    assert "16384" in user_data_problem(encoded(16385))
    assert "BASE64" in user_data_problem("not base64!")
