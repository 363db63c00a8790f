"""What can be asked of stacks: DescribeStacks, ListStacks, events, resources, exports."""

from collections.abc import Callable, Mapping
from typing import Any

from stax_local.cloudformation import answers, phases
from stax_local.cloudformation.engine import Engine
from stax_local.cloudformation.records import Account, ResourceRecord, Stack
from stax_local.cloudformation.requests import Request, find, invalid, page
from stax_local.service import Caller

EVENTS_PER_PAGE = 100
STACKS_PER_PAGE = 100
RESOURCES_PER_PAGE = 100
MAX_DESCRIBED_RESOURCES = 100


def describe_stacks(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """One stack by name or id, or all that are not deleted, newest first."""
    account = engine.account(caller)
    with engine.lock:
        if name := request.get("StackName"):
            return {"Stacks": [answers.stack(find(account, str(name)))]}
        living = [each for each in _newest_first(account) if each.status != "DELETE_COMPLETE"]
        shown, token = page(living, request, STACKS_PER_PAGE)
        return {"Stacks": [answers.stack(each) for each in shown], **token}


def _newest_first(account: Account) -> list[Stack]:
    return list(reversed(account.stacks.values()))


def list_stacks(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """All stacks, deleted ones too, perhaps only those in some statuses."""
    wanted = request.get("StackStatusFilter")
    with engine.lock:
        stacks = [each for each in _newest_first(engine.account(caller)) if not wanted or each.status in wanted]
        shown, token = page(stacks, request, STACKS_PER_PAGE)
        return {"StackSummaries": [answers.stack_summary(each) for each in shown], **token}


def describe_stack_events(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """A stack's events, newest first."""
    stack = _named(engine, caller, request, "Stack [{}] does not exist")
    with engine.lock:
        shown, token = page(list(reversed(stack.events)), request, EVENTS_PER_PAGE)
    return {"StackEvents": [answers.event(stack, each) for each in shown], **token}


def describe_events(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """A stack's events, newest first, perhaps those of one operation or only the failures."""
    stack = _named(engine, caller, request, "Stack [{}] does not exist")
    operation = request.get("OperationId")
    only_failed = request.get("Filters", {}).get("FailedEvents", False)
    with engine.lock:
        events = [
            each
            for each in reversed(stack.events)
            if (not operation or each.operation_id == operation)
            and (not only_failed or each.status.endswith("_FAILED"))
        ]
    shown, token = page(events, request, EVENTS_PER_PAGE)
    return {"OperationEvents": [answers.operation_event(stack, each) for each in shown], **token}


def _named(engine: Engine, caller: Caller, request: Request, missing: str) -> Stack:
    if not request.get("StackName"):
        raise invalid("1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null")  # fmt: skip  # noqa: E501
    return find(engine.account(caller), str(request["StackName"]), missing)


def _shown_resources(stack: Stack) -> list[ResourceRecord]:
    return sorted(stack.resources.values(), key=lambda each: each.logical_id)


def list_stack_resources(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """A stack's resources by logical id, those of a deleted stack too."""
    stack = _named(engine, caller, request, "Stack with id {} does not exist")
    with engine.lock:
        shown, token = page(_shown_resources(stack), request, RESOURCES_PER_PAGE)
        return {"StackResourceSummaries": [answers.resource_summary(each) for each in shown], **token}


def describe_stack_resource(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """One resource of a stack."""
    stack = _named(engine, caller, request, "Stack '{}' does not exist")
    logical_id = str(request["LogicalResourceId"])
    with engine.lock:
        if logical_id not in stack.resources:
            raise invalid(f"Resource {logical_id} does not exist for stack {stack.name}")
        return {"StackResourceDetail": answers.resource_detail(stack, stack.resources[logical_id])}


def describe_stack_resources(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """The resources of a stack (the first hundred), or of the stack that a physical resource belongs to."""
    account, physical_id = engine.account(caller), request.get("PhysicalResourceId")
    with engine.lock:
        if physical_id and not request.get("StackName"):
            stack = _owner(account, str(physical_id))
        else:
            stack = _named(engine, caller, request, "Stack with id {} does not exist")
        wanted = request.get("LogicalResourceId")
        if wanted and wanted not in stack.resources:
            raise invalid(f"Resource {wanted} does not exist for stack {stack.name}")
        shown = [each for each in _shown_resources(stack) if wanted in (None, each.logical_id)]
        return {"StackResources": [answers.resource(stack, each) for each in shown[:MAX_DESCRIBED_RESOURCES]]}


def _owner(account: Account, physical_id: str) -> Stack:
    for stack in account.stacks.values():
        if any(each.physical_id == physical_id and each.made for each in stack.resources.values()):
            return stack
    raise invalid(f"Stack for {physical_id} does not exist")


def list_exports(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Everything that stacks of the account export."""
    with engine.lock:
        exports = [
            {"ExportingStackId": stack.stack_id, "Name": name, "Value": output.value}
            for name, (stack, output) in sorted(engine.account(caller).exports().items())
        ]
    shown, token = page(exports, request, STACKS_PER_PAGE)
    return {"Exports": shown, **token}


def list_imports(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """The names of the stacks that import an export."""
    account, name = engine.account(caller), str(request["ExportName"])
    with engine.lock:
        users = phases.importers(account.stacks.values(), name)
        if name not in account.exports():
            raise invalid(f"Export '{name}' does not exist.")
    if not users:
        raise invalid(f"Export '{name}' is not imported by any stack.")
    shown, token = page(users, request, STACKS_PER_PAGE)
    return {"Imports": shown, **token}


Describing = Callable[[Engine, Caller, Request], Mapping[str, Any]]
OPERATIONS: Mapping[str, Describing] = {
    "DescribeStacks": describe_stacks,
    "ListStacks": list_stacks,
    "DescribeStackEvents": describe_stack_events,
    "DescribeEvents": describe_events,
    "ListStackResources": list_stack_resources,
    "DescribeStackResource": describe_stack_resource,
    "DescribeStackResources": describe_stack_resources,
    "ListExports": list_exports,
    "ListImports": list_imports,
}
