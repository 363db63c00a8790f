"""Waiting for machines to say that they are ready: wait conditions and creation policies."""

import json
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError


def put(url: str, **signal: str) -> int:
    request = urllib.request.Request(url, json.dumps(signal).encode(), method="PUT")  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return int(answer.status)


def test_a_wait_condition_waits_for_what_is_put_to_its_handle(stacks: Any) -> None:
    template = {
        "Resources": stacks.waiting,
        "Outputs": {"Said": {"Value": {"Fn::GetAtt": ["Wait", "Data"]}}},
    }
    stack_id = stacks.begin(template)
    stacks.until_resource(stack_id, "Wait", "CREATE_IN_PROGRESS")
    url = stacks.physical_id({"StackId": stack_id}, "Handle")

    assert put(url, Status="SUCCESS", UniqueId="one", Data="ready", Reason="") == 200

    stack = stacks.settled(stack_id)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Outputs"] == [{"OutputKey": "Said", "OutputValue": '{"one":"ready"}'}]


def test_a_wait_condition_fails_when_it_is_told_so(stacks: Any) -> None:
    stack_id = stacks.begin(stacks.waiting, OnFailure="DO_NOTHING")
    stacks.until_resource(stack_id, "Wait", "CREATE_IN_PROGRESS")

    put(stacks.physical_id({"StackId": stack_id}, "Handle"), Status="FAILURE", UniqueId="one", Reason="no disk")

    assert stacks.settled(stack_id)["StackStatus"] == "CREATE_FAILED"
    assert stacks.reason(stack_id, "Wait", "CREATE_FAILED") == (
        "WaitCondition received failed message: 'no disk' for uniqueId: one"
    )


def test_a_wait_condition_gives_up_after_its_time(stacks: Any) -> None:
    template = stacks.waiting
    template["Wait"]["Properties"]["Timeout"] = "0"

    stack = stacks.create(template, OnFailure="DO_NOTHING")

    assert stacks.reason(stack["StackId"], "Wait", "CREATE_FAILED") == (
        "WaitCondition timed out. Received 0 conditions when expecting 1"
    )


def test_a_creation_policy_counts_signals(stacks: Any) -> None:
    waiting = {**stacks.vpc(), "CreationPolicy": {"ResourceSignal": {"Count": 2, "Timeout": "PT20S"}}}
    stack_id = stacks.begin({"Vpc": waiting})
    stacks.until_resource(stack_id, "Vpc", "CREATE_IN_PROGRESS")
    for unique_id in ("i-1", "i-1", "i-2"):
        stacks.cloudformation.signal_resource(
            StackName=stack_id, LogicalResourceId="Vpc", UniqueId=unique_id, Status="SUCCESS"
        )

    assert stacks.settled(stack_id)["StackStatus"] == "CREATE_COMPLETE"
    reasons = [each.get("ResourceStatusReason") for each in stacks.events(stack_id)]
    assert reasons.count("Received SUCCESS signal with UniqueId i-1") == 1
    assert "Received SUCCESS signal with UniqueId i-2" in reasons
    with pytest.raises(ClientError, match="is in CREATE_COMPLETE state and can not be signaled"):
        stacks.cloudformation.signal_resource(
            StackName=stack_id, LogicalResourceId="Vpc", UniqueId="i-3", Status="SUCCESS"
        )


def test_a_creation_policy_fails_with_a_failure_signal(stacks: Any) -> None:
    waiting = {**stacks.vpc(), "CreationPolicy": {"ResourceSignal": {"Timeout": "PT20S"}}}
    stack_id = stacks.begin({"Vpc": waiting}, OnFailure="DO_NOTHING")
    stacks.until_resource(stack_id, "Vpc", "CREATE_IN_PROGRESS")
    stacks.cloudformation.signal_resource(StackName=stack_id, LogicalResourceId="Vpc", UniqueId="i-1", Status="FAILURE")

    assert stacks.settled(stack_id)["StackStatus"] == "CREATE_FAILED"
    assert stacks.reason(stack_id, "Vpc", "CREATE_FAILED") == "Received FAILURE signal with UniqueId i-1"


def test_a_creation_policy_gives_up_after_its_time(stacks: Any) -> None:
    waiting = {**stacks.vpc(), "CreationPolicy": {"ResourceSignal": {"Timeout": "PT0S"}}}

    stack = stacks.create({"Vpc": waiting}, OnFailure="DO_NOTHING")

    assert stacks.reason(stack["StackId"], "Vpc", "CREATE_FAILED") == (
        "Failed to receive 1 resource signal(s) within the specified duration"
    )


def test_a_signal_for_nobody_is_refused(stacks: Any) -> None:
    stack = stacks.create({"Vpc": stacks.vpc()})

    with pytest.raises(ClientError, match="Resource Nobody does not exist for stack"):
        stacks.cloudformation.signal_resource(
            StackName=stack["StackName"], LogicalResourceId="Nobody", UniqueId="i-1", Status="SUCCESS"
        )
