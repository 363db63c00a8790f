"""What a change set says beforehand, and what executing it does."""

from typing import Any

import pytest
from botocore.exceptions import ClientError


def changes_of(change_set: Any) -> dict[str, Any]:
    return {each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"] for each in change_set["Changes"]}


def test_shows_a_change_in_place_property_by_property(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc(EnableDnsHostnames=False)})

    changes = changes_of(stacks.change_set(stack, {"Vpc": stacks.vpc(EnableDnsHostnames=True)}))

    assert changes["Vpc"]["Action"] == "Modify"
    assert changes["Vpc"]["Replacement"] == "False"
    assert changes["Vpc"]["Scope"] == ["Properties"]
    assert changes["Vpc"]["Details"] == [
        {
            "Target": {
                "Attribute": "Properties",
                "Name": "EnableDnsHostnames",
                "RequiresRecreation": "Never",
                "Path": "/Properties/EnableDnsHostnames",
                "BeforeValue": "false",
                "AfterValue": "true",
                "AttributeChangeType": "Modify",
            },
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        }
    ]


def test_shows_a_replacement_and_what_follows_from_it(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc("10.0.0.0/16"), "Subnet": stacks.subnet(), "Word": stacks.parameter("a")})

    after = {"Vpc": stacks.vpc("10.0.0.0/15"), "Subnet": stacks.subnet(), "New": stacks.vpc("10.4.0.0/16")}
    changes = changes_of(stacks.change_set(stack, after))

    assert {name: (each["Action"], each.get("Replacement")) for name, each in changes.items()} == {
        "Vpc": ("Modify", "True"),
        "Subnet": ("Modify", "Conditional"),
        "New": ("Add", None),
        "Word": ("Remove", None),
    }
    (detail,) = changes["Subnet"]["Details"]
    assert detail["Target"]["AfterValue"] == "{{changeSet:KNOWN_AFTER_APPLY}}"
    assert (detail["Evaluation"], detail["ChangeSource"], detail["CausingEntity"]) == (
        "Dynamic",
        "ResourceReference",
        "Vpc",
    )
    assert changes["Vpc"]["PolicyAction"] == "ReplaceAndDelete"


def test_names_the_parameter_that_causes_a_change(stacks: Any) -> None:
    template = {
        "Parameters": {"Value": {"Type": "String", "Default": "old"}, "Secret": {"Type": "String", "NoEcho": True}},
        "Resources": {"Word": stacks.parameter({"Ref": "Value"}), "Other": stacks.parameter({"Ref": "Secret"})},
    }
    stack = stacks.create(template, parameters={"Secret": "hunter-one"})

    change_set = stacks.change_set(stack, template, parameters={"Value": "new", "Secret": "hunter-two"})

    word = changes_of(change_set)["Word"]["Details"][0]
    assert (word["ChangeSource"], word["CausingEntity"]) == ("ParameterReference", "Value")
    assert "hunter" not in str(change_set)
    assert "hunter" not in str(stacks.events(stack["StackId"]))
    assert {"ParameterKey": "Secret", "ParameterValue": "****"} in change_set["Parameters"]


def test_says_that_nothing_changes(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc()})

    change_set = stacks.change_set(stack, {"Vpc": stacks.vpc()})

    assert change_set["Status"] == "FAILED"
    assert change_set["ExecutionStatus"] == "UNAVAILABLE"
    assert change_set["StatusReason"].startswith("The submitted information didn't contain changes.")
    with pytest.raises(
        ClientError, match=r"InvalidChangeSetStatus.*cannot be executed in its current status of \[FAILED\]"
    ):
        stacks.cloudformation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])


def test_does_what_it_said(stacks: Any) -> None:
    stack = stacks.create({"Word": stacks.parameter("old")})
    change_set = stacks.change_set(stack, {"Word": stacks.parameter("new")})
    other = stacks.change_set(stack, {"Word": stacks.parameter("never")})

    stacks.cloudformation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])

    settled = stacks.settled(stack["StackId"])
    executed = stacks.cloudformation.describe_change_set(ChangeSetName=change_set["ChangeSetId"])
    value = stacks.region.client("ssm").get_parameter(Name=stacks.physical_id(stack, "Word"))["Parameter"]["Value"]
    assert (settled["StackStatus"], settled["ChangeSetId"]) == ("UPDATE_COMPLETE", change_set["ChangeSetId"])
    assert executed["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert value == "new"
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        stacks.cloudformation.describe_change_set(ChangeSetName=other["ChangeSetId"])


def test_makes_a_stack_as_deploy_does(stacks: Any) -> None:
    name = stacks.name()
    change_set = stacks.change_set({"StackName": name}, {"Vpc": stacks.vpc()}, ChangeSetType="CREATE")
    assert stacks.describe(name)["StackStatus"] == "REVIEW_IN_PROGRESS"

    stacks.cloudformation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])

    assert stacks.settled(name)["StackStatus"] == "CREATE_COMPLETE"
    assert changes_of(change_set)["Vpc"]["Action"] == "Add"


def test_a_reviewed_stack_that_was_never_made_can_be_deleted(stacks: Any) -> None:
    name = stacks.name()
    change_set = stacks.change_set({"StackName": name}, {"Vpc": stacks.vpc()}, ChangeSetType="CREATE")
    stack_id = change_set["StackId"]

    stacks.cloudformation.delete_stack(StackName=name)

    assert stacks.settled(stack_id)["StackStatus"] == "DELETE_COMPLETE"


def test_is_void_after_another_update(stacks: Any) -> None:
    stack = stacks.create({"Word": stacks.parameter("old")})
    change_set = stacks.change_set(stack, {"Word": stacks.parameter("planned")})
    stacks.update(stack, {"Word": stacks.parameter("done")})

    with pytest.raises(ClientError, match=r"cannot be executed in its current execution status of \[OBSOLETE\]"):
        stacks.cloudformation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])


def test_is_listed_and_deleted(stacks: Any) -> None:
    stack = stacks.create({"Word": stacks.parameter("old")})
    change_set = stacks.change_set(stack, {"Word": stacks.parameter("new")})

    listed = stacks.cloudformation.list_change_sets(StackName=stack["StackName"])["Summaries"]
    stacks.cloudformation.delete_change_set(ChangeSetName=change_set["ChangeSetId"])

    assert [each["ChangeSetName"] for each in listed] == [change_set["ChangeSetName"]]
    assert stacks.cloudformation.list_change_sets(StackName=stack["StackName"])["Summaries"] == []


def test_shows_values_only_to_those_who_ask(stacks: Any) -> None:
    stack = stacks.create({"Word": stacks.parameter("old")})
    change_set = stacks.change_set(stack, {"Word": stacks.parameter("new")})

    plain = stacks.cloudformation.describe_change_set(ChangeSetName=change_set["ChangeSetId"])

    assert "BeforeValue" not in plain["Changes"][0]["ResourceChange"]["Details"][0]["Target"]
    assert "BeforeContext" in change_set["Changes"][0]["ResourceChange"]
