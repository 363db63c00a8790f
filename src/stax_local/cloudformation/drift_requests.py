"""Drift: what was changed by hand since CloudFormation made it."""

import json
from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation.drift import compare, differences
from stax_local.cloudformation.engine import Engine
from stax_local.cloudformation.parameters import masked
from stax_local.cloudformation.records import Account, ResourceRecord, Stack
from stax_local.cloudformation.requests import Request, find, invalid, page
from stax_local.service import Caller

DRIFTS_PER_PAGE = 100
UNCHECKED = frozenset({"AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle"})
"""Nothing of these exists outside CloudFormation."""


def detect_stack_drift(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Look at every resource of a stack; the answer is an id under which the result is kept."""
    account = engine.account(caller)
    stack = _settled(account, request)
    wanted = request.get("LogicalResourceIds")
    for logical_id in wanted or []:
        _resource(stack, logical_id)
    drifts = [
        _detect(engine, account, stack, each)
        for name, each in sorted(stack.resources.items())
        if each.made and each.status != "DELETE_COMPLETE" and (not wanted or name in wanted)
    ]
    drifted = [each for each in drifts if each["StackResourceDriftStatus"] in ("MODIFIED", "DELETED")]
    detection_id, now = engine.settings.chance.uuid(), engine.settings.clock.now()
    with engine.lock:
        stack.drift_status, stack.drift_checked_at = "DRIFTED" if drifted else "IN_SYNC", now
        account.drift_detections[detection_id] = {
            "StackId": stack.stack_id,
            "StackDriftDetectionId": detection_id,
            "StackDriftStatus": stack.drift_status,
            "DetectionStatus": "DETECTION_COMPLETE",
            "DriftedStackResourceCount": len(drifted),
            "Timestamp": now,
        }
    engine.journal.on_change()
    return {"StackDriftDetectionId": detection_id}


def _settled(account: Account, request: Request) -> Stack:
    stack = find(account, str(request["StackName"]), "Stack [{}] does not exist")
    if stack.in_progress or stack.status in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE", "CREATE_FAILED"):
        raise invalid(f"Drift detection cannot be performed on stack [{stack.name}] in status {stack.status}")
    return stack


def _resource(stack: Stack, logical_id: str) -> ResourceRecord:
    if logical_id not in stack.resources:
        raise invalid(f"Resource {logical_id} does not exist for stack {stack.name}")
    return stack.resources[logical_id]


def _detect(engine: Engine, account: Account, stack: Stack, record: ResourceRecord) -> dict[str, Any]:
    now = engine.settings.clock.now()
    drift: dict[str, Any] = {
        "StackId": stack.stack_id,
        "LogicalResourceId": record.logical_id,
        "PhysicalResourceId": record.physical_id,
        "ResourceType": record.type,
        "Timestamp": now,
    }
    if record.type in UNCHECKED:
        drift["StackResourceDriftStatus"] = "NOT_CHECKED"
    else:
        drift |= masked(_found(engine, account, stack, record), stack.target.parameters.values())
    with engine.lock:
        record.drift_status, record.drift_checked_at = drift["StackResourceDriftStatus"], now
        stack.drifts[record.logical_id] = drift
    return drift


def _found(engine: Engine, account: Account, stack: Stack, record: ResourceRecord) -> dict[str, Any]:
    resource_type = engine.types[record.type]
    live = resource_type.read(engine.work_on(account, stack, record), record.physical_id, record.properties)
    if live is None:
        return {
            "StackResourceDriftStatus": "DELETED",
            "ExpectedProperties": json.dumps(record.properties, default=str),
        }
    expected, actual = compare(resource_type, record, live)
    found = list(differences(expected, actual))
    return {
        "StackResourceDriftStatus": "MODIFIED" if found else "IN_SYNC",
        "ExpectedProperties": json.dumps(expected, default=str),
        "ActualProperties": json.dumps(actual, default=str),
        "PropertyDifferences": found,
    }


def detect_stack_resource_drift(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Look at one resource."""
    account = engine.account(caller)
    stack = _settled(account, request)
    record = _resource(stack, str(request["LogicalResourceId"]))
    return {"StackResourceDrift": _detect(engine, account, stack, record)}


def describe_stack_drift_detection_status(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """How a detection ended."""
    detections = engine.account(caller).drift_detections
    detection_id = str(request["StackDriftDetectionId"])
    if detection_id not in detections:
        raise invalid(f"Stack drift detection with id {detection_id} does not exist")
    return detections[detection_id]


def describe_stack_resource_drifts(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """What the last detections found, resource by resource."""
    stack = find(engine.account(caller), str(request["StackName"]), "Stack [{}] does not exist")
    wanted = request.get("StackResourceDriftStatusFilters")
    with engine.lock:
        drifts = [
            each
            for name, each in sorted(stack.drifts.items())
            if name in stack.resources and (not wanted or each["StackResourceDriftStatus"] in wanted)
        ]
    shown, token = page(drifts, request, int(request.get("MaxResults") or DRIFTS_PER_PAGE))
    return {"StackResourceDrifts": shown, **token}


OPERATIONS = {
    "DetectStackDrift": detect_stack_drift,
    "DetectStackResourceDrift": detect_stack_resource_drift,
    "DescribeStackDriftDetectionStatus": describe_stack_drift_detection_status,
    "DescribeStackResourceDrifts": describe_stack_resource_drifts,
}
