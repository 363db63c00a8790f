"""The life of a stack: made, updated, rolled back, deleted."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_tells_every_resource_in_the_order_and_the_words_of_aws(stacks: Any) -> None:
    stack = stacks.create({"Subnet": stacks.subnet(), "Vpc": stacks.vpc()}, name="order")

    events = [
        (e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason")) for e in stacks.events("order")
    ]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert events == [
        ("order", "CREATE_IN_PROGRESS", "User Initiated"),
        ("Vpc", "CREATE_IN_PROGRESS", None),
        ("Vpc", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Vpc", "CREATE_COMPLETE", None),
        ("Subnet", "CREATE_IN_PROGRESS", None),
        ("Subnet", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Subnet", "CREATE_COMPLETE", None),
        ("order", "CREATE_COMPLETE", None),
    ]


def test_gives_resources_the_tags_of_their_stack_and_cloudformations_own(stacks: Any) -> None:
    own = [{"Key": "Name", "Value": "mine"}]
    stack = stacks.create({"Vpc": stacks.vpc(Tags=own)}, Tags=[{"Key": "App", "Value": "x"}])

    found = stacks.ec2.describe_vpcs(VpcIds=[stacks.physical_id(stack, "Vpc")])["Vpcs"][0]["Tags"]
    assert {each["Key"]: each["Value"] for each in found} == {
        "App": "x",
        "Name": "mine",
        "aws:cloudformation:stack-name": stack["StackName"],
        "aws:cloudformation:stack-id": stack["StackId"],
        "aws:cloudformation:logical-id": "Vpc",
    }


def test_deletes_what_it_made_and_keeps_the_story_under_the_stacks_id(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(), "Subnet": stacks.subnet()})
    vpc_id = stacks.physical_id(stack, "Vpc")

    deleted = stacks.delete(stack)

    assert deleted["StackStatus"] == "DELETE_COMPLETE"
    assert not stacks.exists(vpc_id)
    assert stacks.story(stack["StackId"])[-1] == (stack["StackName"], "DELETE_COMPLETE")
    assert stacks.status(stack, "Vpc") == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match=f"Stack with id {stack['StackName']} does not exist"):
        stacks.describe(stack["StackName"])
    summaries = stacks.cloudformation.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert stack["StackId"] in [each["StackId"] for each in summaries]


def test_counts_a_resource_deleted_by_hand_as_deleted(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc()})
    stacks.ec2.delete_vpc(VpcId=stacks.physical_id(stack, "Vpc"))

    assert stacks.delete(stack)["StackStatus"] == "DELETE_COMPLETE"


def test_rolls_a_failed_creation_back_and_names_the_first_cause(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(), "Broken": stacks.broken})

    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert stacks.reason(stack["StackId"], stack["StackName"], "ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Broken]. Rollback requested by user."
    )
    assert "InvalidSubnet.Range" in stacks.reason(stack["StackId"], "Broken", "CREATE_FAILED")
    assert stacks.status(stack, "Vpc") == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        stacks.update(stack, {"Vpc": stacks.vpc()})


def test_leaves_a_failed_creation_as_it_is_when_asked_to(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(), "Broken": stacks.broken}, OnFailure="DO_NOTHING")

    assert stack["StackStatus"] == "CREATE_FAILED"
    assert stacks.exists(stacks.physical_id(stack, "Vpc"))

    stacks.cloudformation.rollback_stack(StackName=stack["StackName"])
    assert stacks.settled(stack["StackId"])["StackStatus"] == "ROLLBACK_COMPLETE"


def test_deletes_a_failed_creation_when_asked_to(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(), "Broken": stacks.broken}, OnFailure="DELETE")

    assert stack["StackStatus"] == "DELETE_COMPLETE"


def test_a_failed_creation_that_was_left_goes_on_with_a_mended_template(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(), "Broken": stacks.broken}, DisableRollback=True)
    vpc_id = stacks.physical_id(stack, "Vpc")

    mended = stacks.update(stack, {"Vpc": stacks.vpc(), "Broken": stacks.subnet()})

    assert mended["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_id(stack, "Vpc") == vpc_id


def test_cancels_what_still_waits_when_something_else_failed(stacks: Any) -> None:
    stack = stacks.create({**stacks.waiting, "Vpc": stacks.vpc(), "Broken": stacks.broken}, OnFailure="DO_NOTHING")

    assert stacks.reason(stack["StackId"], "Wait", "CREATE_FAILED") == "Resource creation cancelled"
    assert stack["StackStatusReason"].startswith("The following resource(s) failed to create: [Broken")


def test_updates_in_place_and_keeps_the_resource(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(EnableDnsHostnames=False)})
    vpc_id = stacks.physical_id(stack, "Vpc")

    updated = stacks.update(stack, {"Vpc": stacks.vpc(EnableDnsHostnames=True)})

    answer = stacks.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsHostnames")
    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_id(stack, "Vpc") == vpc_id
    assert answer["EnableDnsHostnames"]["Value"] is True
    assert stacks.story(stack["StackId"])[-5:] == [
        (stack["StackName"], "UPDATE_IN_PROGRESS"),
        ("Vpc", "UPDATE_IN_PROGRESS"),
        ("Vpc", "UPDATE_COMPLETE"),
        (stack["StackName"], "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        (stack["StackName"], "UPDATE_COMPLETE"),
    ]


def test_replaces_first_and_cleans_up_afterwards(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc("10.0.0.0/16"), "Subnet": stacks.subnet("10.0.0.0/24")})
    old_vpc, old_subnet = (stacks.physical_id(stack, each) for each in ("Vpc", "Subnet"))

    updated = stacks.update(stack, {"Vpc": stacks.vpc("10.1.0.0/16"), "Subnet": stacks.subnet("10.1.0.0/24")})

    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_id(stack, "Vpc") != old_vpc
    assert stacks.physical_id(stack, "Subnet") != old_subnet
    assert not stacks.exists(old_vpc)
    story = stacks.story(stack["StackId"])
    cleaning = story.index((stack["StackName"], "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))
    assert story[cleaning + 1 : -1] == [
        ("Subnet", "DELETE_IN_PROGRESS"),
        ("Subnet", "DELETE_COMPLETE"),
        ("Vpc", "DELETE_IN_PROGRESS"),
        ("Vpc", "DELETE_COMPLETE"),
    ]
    assert stacks.delete(stack)["StackStatus"] == "DELETE_COMPLETE"


def test_rolls_a_failed_update_back_to_the_very_same_resources(stacks: Any) -> None:
    before = {
        "Vpc": stacks.vpc("10.0.0.0/16"),
        "Word": stacks.parameter("old"),
        "Other": stacks.vpc("10.9.0.0/16", EnableDnsHostnames=False),
    }
    stack = stacks.create(before)
    ids = {each: stacks.physical_id(stack, each) for each in before}
    after = {
        "Vpc": stacks.vpc("10.1.0.0/16"),
        "Word": stacks.parameter("new"),
        "Other": stacks.vpc("10.9.0.0/16", EnableDnsHostnames=True),
        "Broken": {**stacks.broken, "DependsOn": ["Word", "Other"]},
    }

    rolled_back = stacks.update(stack, after)

    ssm = stacks.region.client("ssm")
    attribute = stacks.ec2.describe_vpc_attribute(VpcId=ids["Other"], Attribute="enableDnsHostnames")
    assert rolled_back["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert {each: stacks.physical_id(stack, each) for each in before} == ids
    assert ssm.get_parameter(Name=ids["Word"])["Parameter"]["Value"] == "old"
    assert attribute["EnableDnsHostnames"]["Value"] is False
    assert stacks.reason(stack["StackId"], stack["StackName"], "UPDATE_ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Broken]. "
    )
    mine = [{"Name": "tag:aws:cloudformation:stack-name", "Values": [stack["StackName"]]}]
    assert len(stacks.ec2.describe_vpcs(Filters=mine)["Vpcs"]) == 2
    assert stacks.cloudformation.get_template(StackName=stack["StackName"])["TemplateBody"]["Resources"] == before


def test_cancels_an_update_on_request(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc()})
    template = {"Vpc": stacks.vpc(EnableDnsHostnames=True), **stacks.waiting}
    stacks.cloudformation.update_stack(StackName=stack["StackName"], TemplateBody=json.dumps({"Resources": template}))
    stacks.until_resource(stack["StackId"], "Wait", "CREATE_IN_PROGRESS")

    stacks.cloudformation.cancel_update_stack(StackName=stack["StackName"])

    assert stacks.settled(stack["StackId"])["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="CancelUpdateStack cannot be called from current stack status"):
        stacks.cloudformation.cancel_update_stack(StackName=stack["StackName"])


def test_refuses_an_update_that_changes_nothing(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc()})

    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update(stack, {"Vpc": stacks.vpc()})


def test_a_stack_tag_alone_is_an_update(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc()}, Tags=[{"Key": "a", "Value": "1"}])

    updated = stacks.update(stack, {"Vpc": stacks.vpc()}, Tags=[{"Key": "b", "Value": "2"}])

    tags = stacks.ec2.describe_vpcs(VpcIds=[stacks.physical_id(stack, "Vpc")])["Vpcs"][0]["Tags"]
    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    assert [each["Key"] for each in tags if not each["Key"].startswith("aws:")] == ["b"]


def test_a_bucket_with_an_object_fails_the_deletion_until_it_is_retained(stacks: Any) -> None:
    stack = stacks.create({"Bucket": {"Type": "AWS::S3::Bucket"}, "Vpc": stacks.vpc()})
    bucket = stacks.physical_id(stack, "Bucket")
    s3 = stacks.region.client("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")

    failed = stacks.delete(stack)
    assert failed["StackStatus"] == "DELETE_FAILED"
    assert failed["StackStatusReason"] == "The following resource(s) failed to delete: [Bucket]. "
    assert "not empty" in stacks.reason(stack["StackId"], "Bucket", "DELETE_FAILED")
    assert stacks.status(stack, "Vpc") == "DELETE_COMPLETE"

    assert stacks.delete(stack, RetainResources=["Bucket"])["StackStatus"] == "DELETE_COMPLETE"
    assert stacks.status(stack, "Bucket") == "DELETE_SKIPPED"
    s3.head_bucket(Bucket=bucket)


def test_a_deletion_can_be_forced_after_it_failed(stacks: Any) -> None:
    stack = stacks.create({"Bucket": {"Type": "AWS::S3::Bucket"}})
    stacks.region.client("s3").put_object(Bucket=stacks.physical_id(stack, "Bucket"), Key="a", Body=b"x")
    with pytest.raises(ClientError, match="only supported for stacks in the DELETE_FAILED state"):
        stacks.delete(stack, DeletionMode="FORCE_DELETE_STACK")
    stacks.delete(stack)

    assert stacks.delete(stack, DeletionMode="FORCE_DELETE_STACK")["StackStatus"] == "DELETE_COMPLETE"


def test_retains_what_its_policies_say(stacks: Any) -> None:
    kept = {**stacks.vpc(), "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    stack = stacks.create({"Kept": kept})
    first = stacks.physical_id(stack, "Kept")
    stacks.update(stack, {"Kept": {**kept, "Properties": {"CidrBlock": "10.7.0.0/16"}}})
    second = stacks.physical_id(stack, "Kept")

    stacks.delete(stack)

    assert first != second
    assert stacks.exists(first)
    assert stacks.exists(second)


def test_retain_except_on_create_keeps_nothing_of_a_failed_creation(stacks: Any) -> None:
    kept = {**stacks.vpc(), "DeletionPolicy": "RetainExceptOnCreate"}
    stack = stacks.create({"Vpc": kept, "Broken": stacks.broken})

    assert stacks.status(stack, "Vpc") == "DELETE_COMPLETE"


def test_protects_a_stack_from_deletion(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc()}, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="cannot be deleted while TerminationProtection is enabled"):
        stacks.delete(stack)

    stacks.cloudformation.update_termination_protection(StackName=stack["StackName"], EnableTerminationProtection=False)

    assert stacks.delete(stack)["StackStatus"] == "DELETE_COMPLETE"


def test_answers_a_repeated_token_with_the_same_stack(stacks: Any) -> None:
    first = stacks.begin({"Vpc": stacks.vpc()}, name="token", ClientRequestToken="t-1")
    again = stacks.begin({"Vpc": stacks.vpc()}, name="token", ClientRequestToken="t-1")

    assert first == again
    stacks.settled(first)
    with pytest.raises(ClientError, match=r"AlreadyExistsException.*Stack \[token\] already exists"):
        stacks.begin({"Vpc": stacks.vpc()}, name="token")


def test_deletes_a_stack_that_is_still_being_made(stacks: Any) -> None:
    stack_id = stacks.begin(stacks.waiting)
    stacks.until_resource(stack_id, "Wait", "CREATE_IN_PROGRESS")

    stacks.cloudformation.delete_stack(StackName=stack_id)

    assert stacks.until(stack_id, lambda stack: stack["StackStatus"] == "DELETE_COMPLETE")


def test_exports_a_value_that_others_import_and_holds_on_to_it(stacks: Any) -> None:
    exporting = {
        "Resources": {"Vpc": stacks.vpc()},
        "Outputs": {"Id": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "the-vpc"}}},
    }
    owner = stacks.create(exporting)
    user = stacks.create({"Word": stacks.parameter({"Fn::ImportValue": "the-vpc"})})

    exports = stacks.cloudformation.list_exports()["Exports"]
    assert {
        "Name": "the-vpc",
        "Value": stacks.physical_id(owner, "Vpc"),
        "ExportingStackId": owner["StackId"],
    } in exports
    assert stacks.cloudformation.list_imports(ExportName="the-vpc")["Imports"] == [user["StackName"]]
    refused = stacks.delete(owner)
    assert refused["StackStatus"] == "CREATE_COMPLETE"
    assert "Cannot delete export the-vpc as it is in use by" in refused["StackStatusReason"]

    stacks.delete(user)
    assert stacks.delete(owner)["StackStatus"] == "DELETE_COMPLETE"
