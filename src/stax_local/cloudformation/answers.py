"""Records as the API shows them.  Pure; empty members are left out."""

import json
from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation.parameters import HIDDEN, Parameter
from stax_local.cloudformation.records import ChangeSet, Event, ResourceRecord, Stack


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None and value != ""}


def shown_parameters(parameters: Mapping[str, Parameter]) -> list[dict[str, str]]:
    """Return parameters as DescribeStacks shows them; those with NoEcho are hidden."""
    shown = []
    for name, each in parameters.items():
        member = {"ParameterKey": name, "ParameterValue": HIDDEN if each.no_echo else each.given}
        if each.ssm:
            member["ResolvedValue"] = ",".join(each.value) if isinstance(each.value, list) else str(each.value)
        shown.append(member)
    return shown


def shown_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as a list."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _drift(status: str, checked_at: Any, name: str) -> dict[str, Any]:
    return _present({name: status, "LastCheckTimestamp": checked_at})


def stack(record: Stack) -> dict[str, Any]:
    """Return a stack as DescribeStacks shows it."""
    return _present(
        {
            "StackId": record.stack_id,
            "StackName": record.name,
            "ChangeSetId": record.change_set_id,
            "Description": record.target.template.description,
            "Parameters": shown_parameters(record.target.parameters),
            "CreationTime": record.created_at,
            "LastUpdatedTime": record.updated_at,
            "DeletionTime": record.deleted_at,
            "RollbackConfiguration": {},
            "StackStatus": record.status,
            "StackStatusReason": record.reason,
            "DisableRollback": record.on_failure == "DO_NOTHING",
            "NotificationARNs": list(record.target.notification_arns),
            "TimeoutInMinutes": record.timeout_minutes,
            "Capabilities": list(record.target.capabilities),
            "Outputs": _outputs(record) or None,
            "RoleARN": record.role_arn,
            "Tags": shown_tags(record.target.tags),
            "EnableTerminationProtection": record.protected,
            "DriftInformation": _drift(record.drift_status, record.drift_checked_at, "StackDriftStatus"),
        }
    )


def _outputs(record: Stack) -> list[dict[str, Any]]:
    return [
        _present(
            {"OutputKey": o.key, "OutputValue": o.value, "Description": o.description, "ExportName": o.export_name}
        )
        for o in record.outputs
    ]


def stack_summary(record: Stack) -> dict[str, Any]:
    """Return a stack as ListStacks shows it."""
    return _present(
        {
            "StackId": record.stack_id,
            "StackName": record.name,
            "TemplateDescription": record.target.template.description,
            "CreationTime": record.created_at,
            "LastUpdatedTime": record.updated_at,
            "DeletionTime": record.deleted_at,
            "StackStatus": record.status,
            "StackStatusReason": record.reason,
            "DriftInformation": _drift(record.drift_status, record.drift_checked_at, "StackDriftStatus"),
        }
    )


def event(record: Stack, each: Event) -> dict[str, Any]:
    """Return an event as DescribeStackEvents shows it."""
    return _present(
        {
            "StackId": record.stack_id,
            "EventId": each.event_id,
            "StackName": record.name,
            "LogicalResourceId": each.logical_id,
            "PhysicalResourceId": each.physical_id,
            "ResourceType": each.resource_type,
            "Timestamp": each.at,
            "ResourceStatus": each.status,
            "ResourceStatusReason": each.reason,
            "ResourceProperties": each.properties,
            "ClientRequestToken": each.token,
            "OperationId": each.operation_id,
        }
    )


def operation_event(record: Stack, each: Event) -> dict[str, Any]:
    """Return an event as DescribeEvents shows it."""
    shown = event(record, each)
    del shown["StackName"]
    return {**shown, "EventType": "STACK_EVENT"}


def resource_summary(record: ResourceRecord) -> dict[str, Any]:
    """Return a resource as ListStackResources shows it."""
    return _present(
        {
            "LogicalResourceId": record.logical_id,
            "PhysicalResourceId": record.physical_id,
            "ResourceType": record.type,
            "LastUpdatedTimestamp": record.updated_at,
            "ResourceStatus": record.status,
            "ResourceStatusReason": record.reason,
            "DriftInformation": _drift(record.drift_status, record.drift_checked_at, "StackResourceDriftStatus"),
        }
    )


def resource(owner: Stack, record: ResourceRecord) -> dict[str, Any]:
    """Return a resource as DescribeStackResources shows it."""
    summary = resource_summary(record)
    summary["Timestamp"] = summary.pop("LastUpdatedTimestamp")
    named = {"StackName": owner.name, "StackId": owner.stack_id, "Description": record.description}
    return _present({**named, **summary})


def resource_detail(owner: Stack, record: ResourceRecord) -> dict[str, Any]:
    """Return a resource as DescribeStackResource shows it."""
    named = {"StackName": owner.name, "StackId": owner.stack_id, "Description": record.description}
    metadata = json.dumps(record.metadata) if record.metadata else None
    return _present({**named, **resource_summary(record), "Metadata": metadata})


def change_set_summary(owner: Stack, each: ChangeSet) -> dict[str, Any]:
    """Return a change set as ListChangeSets shows it."""
    return _present(
        {
            "StackId": owner.stack_id,
            "StackName": owner.name,
            "ChangeSetId": each.change_set_id,
            "ChangeSetName": each.name,
            "ExecutionStatus": each.execution_status,
            "Status": each.status,
            "StatusReason": each.reason,
            "CreationTime": each.created_at,
            "Description": each.description,
            "IncludeNestedStacks": False,
        }
    )


def change_set(owner: Stack, each: ChangeSet) -> dict[str, Any]:
    """Return a change set as DescribeChangeSet shows it, but for its changes."""
    return _present(
        {
            **change_set_summary(owner, each),
            "Parameters": shown_parameters(each.target.parameters),
            "NotificationARNs": list(each.target.notification_arns),
            "RollbackConfiguration": {},
            "Capabilities": list(each.target.capabilities),
            "Tags": shown_tags(each.target.tags),
            "OnStackFailure": each.on_stack_failure,
        }
    )
