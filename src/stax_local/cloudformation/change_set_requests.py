"""Change sets: what an update (or a creation) would do, to be looked at before it is done."""

from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation import answers
from stax_local.cloudformation.changes import shown_changes, without_values
from stax_local.cloudformation.engine import Engine
from stax_local.cloudformation.planning import is_change, plan
from stax_local.cloudformation.records import Account, ChangeSet, Stack, Target
from stax_local.cloudformation.requests import Request, Requests, answered, check_name, find, invalid, page
from stax_local.cloudformation.stack_requests import (
    begin_update,
    check_types,
    check_updatable,
    new_stack,
    start,
)  # fmt: skip
from stax_local.service import Caller, ServiceError

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
CHANGES_PER_PAGE = 100


def create_change_set(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Plan a creation or an update, and keep the plan."""
    account = engine.account(caller)
    name = check_name(str(request["ChangeSetName"]), what="changeSetName")
    kind = str(request.get("ChangeSetType") or "UPDATE")
    if kind not in ("CREATE", "UPDATE"):
        raise invalid(f"ChangeSetType {kind} is not served here; one of CREATE, UPDATE")
    stack = account.find(str(request["StackName"]))
    if repeated := _repeated(stack, name, request):
        return repeated
    _check_stack(stack, kind, name, str(request["StackName"]))
    target = Requests(engine, account).target(request, stack if kind == "UPDATE" else None)
    is_new = stack is None
    stack = stack or new_stack(engine, account, check_name(str(request["StackName"])), target)
    change_set = _planned(engine, account, stack, target, request)
    with engine.lock:
        if is_new:
            if account.live(stack.name):
                raise ServiceError("AlreadyExistsException", f"Stack [{stack.name}] already exists")
            account.stacks[stack.stack_id] = stack
            stack.change_sets[name] = change_set
            start(engine, stack, "REVIEW_IN_PROGRESS", request, "CreateChangeSet")
        stack.change_sets[name] = change_set
    engine.journal.on_change()
    return {"Id": change_set.change_set_id, "StackId": stack.stack_id}


def _repeated(stack: Stack | None, name: str, request: Request) -> dict[str, str] | None:
    existing = stack.change_sets.get(name) if stack else None
    if stack is None or existing is None:
        return None
    token = request.get("ClientToken")
    if token and token == existing.token:
        return {"Id": existing.change_set_id, "StackId": stack.stack_id}
    raise ServiceError("AlreadyExistsException", f"ChangeSet {name} already exists for stack {stack.name}")


def _check_stack(stack: Stack | None, kind: str, name: str, asked: str) -> None:
    if kind == "UPDATE":
        if stack is None or stack.status == "DELETE_COMPLETE":
            raise invalid(f"Stack [{asked}] does not exist")
        check_updatable(stack)
    elif stack is not None and stack.status != "REVIEW_IN_PROGRESS":
        raise invalid(f"Stack [{stack.name}] already exists and cannot be created again with the changeSet [{name}].")


def _planned(engine: Engine, account: Account, stack: Stack, target: Target, request: Request) -> ChangeSet:
    kind = str(request.get("ChangeSetType") or "UPDATE")
    blueprint = engine.blueprint(account, stack, target)
    answered(blueprint.check)
    check_types(stack, target)
    planned = answered(lambda: plan(blueprint, stack))
    arn = f"arn:aws:cloudformation:{account.region}:{account.account_id}:changeSet/{request['ChangeSetName']}"
    change_set = ChangeSet(
        f"{arn}/{engine.settings.chance.uuid()}",
        str(request["ChangeSetName"]),
        kind,
        target,
        engine.settings.clock.now(),
        str(request.get("Description", "")),
        str(request.get("OnStackFailure", "")),
        changes=shown_changes(planned, blueprint, stack),
        token=str(request.get("ClientToken", "")),
    )
    if kind == "UPDATE" and not is_change(stack, target, planned):
        change_set.status, change_set.reason = "FAILED", NO_CHANGES
        change_set.execution_status = "UNAVAILABLE"
    return change_set


def find_change_set(account: Account, request: Request) -> tuple[Stack, ChangeSet]:
    """Return the change set that a request names by its ARN, or by its name and its stack; raises ServiceError."""
    name = str(request["ChangeSetName"])
    stacks = [find(account, str(request["StackName"]))] if request.get("StackName") else account.stacks.values()
    if not request.get("StackName") and not name.startswith("arn:"):
        raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
    for stack in stacks:
        for each in stack.change_sets.values():
            if name in (each.name, each.change_set_id):
                return stack, each
    raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", status=404)


def describe_change_set(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """A change set with its changes; values only when IncludePropertyValues asks for them."""
    with engine.lock:
        stack, change_set = find_change_set(engine.account(caller), request)
        _settle(stack, change_set)
        changes, token = page(change_set.changes, request, CHANGES_PER_PAGE)
        if not request.get("IncludePropertyValues"):
            changes = [without_values(each) for each in changes]
        return {**answers.change_set(stack, change_set), "Changes": changes, **token}


def _settle(stack: Stack, change_set: ChangeSet) -> None:
    """A change set that was being executed has been when its stack rests."""
    if change_set.execution_status == "EXECUTE_IN_PROGRESS" and not stack.in_progress:
        good = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        change_set.execution_status = "EXECUTE_COMPLETE" if good else "EXECUTE_FAILED"


def list_change_sets(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """The change sets of a stack."""
    with engine.lock:
        stack = find(engine.account(caller), str(request["StackName"]), "Stack [{}] does not exist")
        for each in stack.change_sets.values():
            _settle(stack, each)
        shown, token = page(list(stack.change_sets.values()), request, CHANGES_PER_PAGE)
        return {"Summaries": [answers.change_set_summary(stack, each) for each in shown], **token}


def delete_change_set(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Forget a change set; one that does not exist is forgotten already."""
    with engine.lock:
        try:
            stack, change_set = find_change_set(engine.account(caller), request)
        except ServiceError as error:
            if error.code != "ChangeSetNotFound":
                raise
            return {}
        if change_set.execution_status == "EXECUTE_IN_PROGRESS" and stack.in_progress:
            raise _wrong_status(change_set, "deleted")
        del stack.change_sets[change_set.name]
    engine.journal.on_change()
    return {}


def _wrong_status(change_set: ChangeSet, verb: str) -> ServiceError:
    state = change_set.status if change_set.status == "FAILED" else change_set.execution_status
    kind = "status" if change_set.status == "FAILED" else "execution status"
    return ServiceError(
        "InvalidChangeSetStatus",
        f"ChangeSet [{change_set.change_set_id}] cannot be {verb} in its current {kind} of [{state}]",
    )


def execute_change_set(engine: Engine, caller: Caller, request: Request) -> Mapping[str, Any]:
    """Do what a change set planned; the stack's other change sets are void from then on."""
    account = engine.account(caller)
    stack, change_set = find_change_set(account, request)
    with engine.lock:
        if change_set.execution_status != "AVAILABLE":
            raise _wrong_status(change_set, "executed")
        disable = request.get("DisableRollback")
        stack.on_failure = "DO_NOTHING" if disable else change_set.on_stack_failure or "ROLLBACK"
        stack.retain_except_on_create = bool(request.get("RetainExceptOnCreate"))
        token = {"ClientRequestToken": request.get("ClientRequestToken", "")}
        if change_set.type == "UPDATE":
            begin_update(engine, account, stack, change_set.target, token)
        else:
            if stack.status != "REVIEW_IN_PROGRESS":
                raise invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be created.")
            stack.target = change_set.target
            start(engine, stack, "CREATE_IN_PROGRESS", token, "ExecuteChangeSet")
            engine.begin(account, stack)
        change_set.execution_status = "EXECUTE_IN_PROGRESS"
        stack.change_sets = {change_set.name: change_set}
        stack.change_set_id = change_set.change_set_id
    return {}


OPERATIONS = {
    "CreateChangeSet": create_change_set,
    "DescribeChangeSet": describe_change_set,
    "ListChangeSets": list_change_sets,
    "DeleteChangeSet": delete_change_set,
    "ExecuteChangeSet": execute_change_set,
}
