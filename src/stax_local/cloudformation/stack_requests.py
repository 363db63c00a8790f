"""CreateStack, UpdateStack, DeleteStack and what else changes a stack."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from stax_local.cloudformation import phases
from stax_local.cloudformation.engine import Engine
from stax_local.cloudformation.planning import is_change, plan
from stax_local.cloudformation.records import STACK_TYPE, Account, Stack, Target
from stax_local.cloudformation.requests import Request, Requests, answered, check_name, find, invalid
from stax_local.cloudformation.work import Signal
from stax_local.service import Caller, ServiceError

USER = "User Initiated"
UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED",
        "IMPORT_COMPLETE",
    }
)  # fmt: skip
DELETABLE_IN_PROGRESS = ("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS")


def new_stack(engine: Engine, account: Account, name: str, target: Target) -> Stack:
    """Return a stack with an id of its own, not yet kept."""
    arn = f"arn:aws:cloudformation:{account.region}:{account.account_id}:stack/{name}/{engine.settings.chance.uuid()}"
    return Stack(arn, name, engine.settings.clock.now(), target)


def create_stack(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Begin the creation of a stack; a repeated ClientRequestToken gets the same answer again."""
    account = engine.account(caller)
    name = check_name(str(request["StackName"]))
    repeated = _repeated(account, name, request, "CreateStack")
    if repeated:
        return repeated
    on_failure = request.get("OnFailure") or ("DO_NOTHING" if request.get("DisableRollback") else "ROLLBACK")
    if "OnFailure" in request and "DisableRollback" in request:
        raise invalid("You can specify either DisableRollback or OnFailure but not both.")
    target = Requests(engine, account).target(request)
    stack = new_stack(engine, account, name, target)
    answered(engine.blueprint(account, stack, target).check)
    stack.on_failure = str(on_failure)
    stack.created_to_stay = request.get("OnFailure") == "DO_NOTHING"
    stack.protected = bool(request.get("EnableTerminationProtection"))
    stack.timeout_minutes = request.get("TimeoutInMinutes")
    stack.retain_except_on_create = bool(request.get("RetainExceptOnCreate"))
    stack.role_arn = str(request.get("RoleARN", ""))
    with engine.lock:
        if account.live(name):
            raise ServiceError("AlreadyExistsException", f"Stack [{name}] already exists")
        account.stacks[stack.stack_id] = stack
        start(engine, stack, "CREATE_IN_PROGRESS", request, "CreateStack")
    engine.begin(account, stack)
    return {"StackId": stack.stack_id, "OperationId": stack.operation_id}


def start(engine: Engine, stack: Stack, status: str, request: Request, operation: str) -> None:
    """Record that an operation on a stack begins."""
    stack.token = str(request.get("ClientRequestToken", ""))
    stack.operation_id = engine.settings.chance.uuid()
    stack.timed_out = False
    if stack.token:
        stack.tokens[stack.token] = operation
    engine.journal.stack_status(stack, status, USER)


def _repeated(account: Account, name: str, request: Request, operation: str) -> dict[str, Any] | None:
    token, stack = request.get("ClientRequestToken"), account.find(name)
    if not token or stack is None or token not in stack.tokens:
        return None
    if stack.tokens[token] != operation:
        raise ServiceError(
            "TokenAlreadyExistsException", f"A client request token {token} already exists for another operation"
        )
    return {"StackId": stack.stack_id, "OperationId": stack.operation_id}


def update_stack(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Begin an update; refuses one that would change nothing."""
    account = engine.account(caller)
    stack = find(account, str(request["StackName"]), "Stack [{}] does not exist")
    repeated = _repeated(account, stack.stack_id, request, "UpdateStack")
    if repeated:
        return repeated
    check_updatable(stack)
    target = Requests(engine, account).target(request, stack)
    check_update(engine, account, stack, target)
    stack.on_failure = "DO_NOTHING" if request.get("DisableRollback") else "ROLLBACK"
    begin_update(engine, account, stack, target, request)
    return {"StackId": stack.stack_id, "OperationId": stack.operation_id}


def check_updatable(stack: Stack) -> None:
    """Raise ServiceError when the stack's status does not let it be updated."""
    if stack.status not in UPDATABLE:
        raise invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
    if stack.status == "CREATE_FAILED" and stack.created_to_stay:
        raise invalid(
            "This stack cannot be updated from [CREATE_FAILED] state because it contains [on-failure: DO_NOTHING]."
            " Please use disable-rollback option instead during stack creation."
        )


def check_update(engine: Engine, account: Account, stack: Stack, target: Target) -> None:
    """Raise ServiceError when the target is wrong for the stack or is what the stack is already."""
    blueprint = engine.blueprint(account, stack, target)
    answered(blueprint.check)
    check_types(stack, target)
    if stack.status.endswith("_FAILED"):
        return  # trying again is a change
    if not is_change(stack, target, answered(lambda: plan(blueprint, stack))):
        raise invalid("No updates are to be performed.")


def check_types(stack: Stack, target: Target) -> None:
    """Raise ServiceError when a resource would become one of another type."""
    declared = target.template.resources
    changed = [n for n, each in stack.resources.items() if n in declared and declared[n].type != each.type]
    if changed:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of the following"
            f" resources: [{', '.join(sorted(changed))}]"
        )


def begin_update(engine: Engine, account: Account, stack: Stack, target: Target, request: Request) -> None:
    """Turn a stack towards a target that has been checked."""
    with engine.lock:
        check_updatable(stack)
        stack.previous = stack.target
        stack.before_update = deepcopy(stack.resources)
        stack.superseded = []
        stack.cancel_requested = False
        stack.target = target
        for each in stack.change_sets.values():
            each.execution_status = "OBSOLETE"
        stack.updated_at = engine.settings.clock.now()
        start(engine, stack, "UPDATE_IN_PROGRESS", request, "UpdateStack")
    engine.begin(account, stack)


def delete_stack(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Begin a deletion; a stack that does not exist is deleted already."""
    account = engine.account(caller)
    stack = account.find(str(request["StackName"]))
    if stack is None or stack.status == "DELETE_COMPLETE":
        return {}
    if stack.protected:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    _check_retained(stack, request)
    with engine.lock:
        if stack.status in DELETABLE_IN_PROGRESS:
            if stack.status != "DELETE_IN_PROGRESS":
                stack.delete_requested = True
                engine.cancel(stack)
            return {}
        if stack.in_progress:
            raise invalid(f"Stack [{stack.stack_id}] cannot be deleted while in status {stack.status}")
        if problem := _exports_in_use(account, stack):
            engine.journal.stack_status(stack, stack.status, problem)
            return {}
        stack.retain = frozenset(request.get("RetainResources", []))
        stack.force_delete = request.get("DeletionMode") == "FORCE_DELETE_STACK"
        start(engine, stack, "DELETE_IN_PROGRESS", request, "DeleteStack")
    engine.begin(account, stack)
    return {}


def _check_retained(stack: Stack, request: Request) -> None:
    retained = request.get("RetainResources", [])
    if retained and stack.status != "DELETE_FAILED":
        raise invalid("Invalid operation on stack. Specifying resources to retain is only supported for stacks in the DELETE_FAILED state.")  # fmt: skip  # noqa: E501
    if unknown := [each for each in retained if each not in stack.resources]:
        raise invalid(f"The specified resources to retain do not exist in stack {stack.name}: [{', '.join(unknown)}]")
    if request.get("DeletionMode") == "FORCE_DELETE_STACK" and stack.status != "DELETE_FAILED":
        raise invalid("Invalid operation on stack. FORCE_DELETE_STACK is only supported for stacks in the DELETE_FAILED state.")  # fmt: skip  # noqa: E501


def _exports_in_use(account: Account, stack: Stack) -> str:
    for output in stack.outputs:
        users = phases.importers(account.stacks.values(), output.export_name) if output.export_name else []
        if users:
            return (
                f"Delete canceled. Cannot delete export {output.export_name} as it is in use by {' and '.join(users)}."
            )
    return ""


def update_termination_protection(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Protect a stack from deletion, or no longer."""
    stack = find(engine.account(caller), str(request["StackName"]), "Stack [{}] does not exist")
    if stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
        raise invalid(f"Stack:{stack.stack_id} is in {stack.status} state and its protection can not be updated.")
    with engine.lock:
        stack.protected = bool(request["EnableTerminationProtection"])
    engine.journal.on_change()
    return {"StackId": stack.stack_id}


def cancel_update_stack(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Have an update that is under way rolled back."""
    stack = find(engine.account(caller), str(request["StackName"]), "Stack [{}] does not exist")
    with engine.lock:
        if stack.status != "UPDATE_IN_PROGRESS":
            raise invalid(f"CancelUpdateStack cannot be called from current stack status {stack.status}")
        stack.cancel_requested = True
        engine.cancel(stack)
    return {}


def continue_update_rollback(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Try again a rollback of an update that failed, without the resources to be skipped."""
    account = engine.account(caller)
    stack = find(account, str(request["StackName"]), "Stack [{}] does not exist")
    skipped = frozenset(request.get("ResourcesToSkip", []))
    with engine.lock:
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not continue update rollback.")
        failed = {n for n, each in stack.resources.items() if each.status == "UPDATE_FAILED"}
        if wrong := sorted(skipped - failed):
            raise invalid(f"ResourcesToSkip: [{', '.join(wrong)}] did not fail to be rolled back")
        stack.skip = skipped
        start(engine, stack, "UPDATE_ROLLBACK_IN_PROGRESS", request, "ContinueUpdateRollback")
    engine.begin(account, stack)
    return {}


def rollback_stack(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Roll back a stack that failed and was left as it was (OnFailure DO_NOTHING, DisableRollback)."""
    account = engine.account(caller)
    stack = find(account, str(request["StackName"]), "Stack [{}] does not exist")
    following = {"CREATE_FAILED": "ROLLBACK_IN_PROGRESS", "UPDATE_FAILED": "UPDATE_ROLLBACK_IN_PROGRESS"}
    with engine.lock:
        if stack.status not in following:
            raise invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be rolled back.")
        start(engine, stack, following[stack.status], request, "RollbackStack")
    engine.begin(account, stack)
    return {"StackId": stack.stack_id, "OperationId": stack.operation_id}


def signal_resource(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Take a signal for a resource that waits for it."""
    stack = find(engine.account(caller), str(request["StackName"]), "Stack [{}] does not exist")
    logical_id = str(request["LogicalResourceId"])
    record = stack.resources.get(logical_id)
    if record is None or record.type == STACK_TYPE:
        raise invalid(f"Resource {logical_id} does not exist for stack {stack.name}")
    if not stack.in_progress or not record.status.endswith("_IN_PROGRESS"):
        raise invalid(f"Resource {logical_id} is in {record.status} state and can not be signaled")
    engine.signal(stack, record, str(request["UniqueId"]), Signal(str(request["Status"])))
    return {}


OPERATIONS = {
    "CreateStack": create_stack,
    "UpdateStack": update_stack,
    "DeleteStack": delete_stack,
    "UpdateTerminationProtection": update_termination_protection,
    "CancelUpdateStack": cancel_update_stack,
    "ContinueUpdateRollback": continue_update_rollback,
    "RollbackStack": rollback_stack,
    "SignalResource": signal_resource,
}
