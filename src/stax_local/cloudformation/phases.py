"""The life of a stack: every status in which something is under way has a phase, which ends in another status.

A region that is started again enters the phase of the status it finds, so each can be begun in its middle.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stax_local.cloudformation import steps
from stax_local.cloudformation.blueprint import Blueprint
from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.records import Output, ResourceRecord
from stax_local.cloudformation.run import Run
from stax_local.cloudformation.walk import walk

ROLLBACK_REQUESTED = "Rollback requested by user."
DELETE_REQUESTED = "Delete requested by user."


def go_on(run: Run) -> None:
    """Run phase after phase until the stack's status is one that lasts."""
    while phase := PHASES.get(run.stack.status):
        phase(run)


def _create(run: Run) -> None:
    stack = run.stack
    problem = _failures(stack.resources.values()) or _converge(run, run.blueprint) or _publish(run, run.blueprint)
    if stack.delete_requested:
        run.journal.stack_status(stack, "DELETE_IN_PROGRESS", "User Initiated")
    elif not problem:
        run.journal.stack_status(stack, "CREATE_COMPLETE")
    elif stack.on_failure == "DO_NOTHING":
        run.journal.stack_status(stack, "CREATE_FAILED", problem)
    elif stack.on_failure == "DELETE":
        run.journal.stack_status(stack, "DELETE_IN_PROGRESS", f"{problem.rstrip('. ')}. {DELETE_REQUESTED}")
    else:
        run.journal.stack_status(stack, "ROLLBACK_IN_PROGRESS", f"{problem.rstrip('. ')}. {ROLLBACK_REQUESTED}")


def _roll_back(run: Run) -> None:
    problem = _delete_all(run, retained=set() if run.stack.retain_except_on_create else {"Retain"})
    if run.stack.delete_requested:
        run.journal.stack_status(run.stack, "DELETE_IN_PROGRESS", "User Initiated")
        return
    run.journal.stack_status(run.stack, "ROLLBACK_FAILED" if problem else "ROLLBACK_COMPLETE", problem)


def _delete(run: Run) -> None:
    retained = {"Retain", "RetainExceptOnCreate"}
    problem = _delete_all(run, retained=retained)
    run.journal.stack_status(run.stack, "DELETE_FAILED" if problem else "DELETE_COMPLETE", problem)


def _update(run: Run) -> None:
    stack = run.stack
    problem = _converge(run, run.blueprint) or _publish(run, run.blueprint)
    if not problem:
        run.journal.stack_status(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    elif stack.on_failure == "DO_NOTHING" and not stack.cancel_requested:
        run.journal.stack_status(stack, "UPDATE_FAILED", problem)
    else:
        run.journal.stack_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", problem)


def _clean_up(run: Run) -> None:
    _remove_unwanted(run, run.blueprint)
    _settle(run)
    run.journal.stack_status(run.stack, "UPDATE_COMPLETE")


def _roll_update_back(run: Run) -> None:
    run.cancelled.clear()
    for logical_id in run.previous.resources:
        steps.restore(run, logical_id)
    problem = _converge(run, run.previous, leave=run.stack.skip)
    if problem:
        run.journal.stack_status(run.stack, "UPDATE_ROLLBACK_FAILED", problem)
    else:
        run.journal.stack_status(run.stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")


def _clean_up_after_rollback(run: Run) -> None:
    _remove_unwanted(run, run.previous)
    run.stack.target = run.stack.previous or run.stack.target
    _settle(run)
    run.journal.stack_status(run.stack, "UPDATE_ROLLBACK_COMPLETE")


def _settle(run: Run) -> None:
    """Forget what only mattered while the update could still be undone."""
    stack = run.stack
    with run.journal.lock:
        stack.previous, stack.before_update, stack.superseded = None, {}, []
        stack.skip, stack.cancel_requested = frozenset(), False


PHASES: Mapping[str, Callable[[Run], None]] = {
    "CREATE_IN_PROGRESS": _create,
    "ROLLBACK_IN_PROGRESS": _roll_back,
    "DELETE_IN_PROGRESS": _delete,
    "UPDATE_IN_PROGRESS": _update,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": _clean_up,
    "UPDATE_ROLLBACK_IN_PROGRESS": _roll_update_back,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": _clean_up_after_rollback,
}


def _converge(run: Run, blueprint: Blueprint, leave: frozenset[str] = frozenset()) -> str:
    """Bring every resource about; return what went wrong, '' for nothing."""
    first: list[str] = []

    def work(logical_id: str) -> bool:
        if logical_id in leave or steps.bring_about(run, blueprint, logical_id):
            return True
        first.append(logical_id)
        run.cancelled.set()  # what still waits for its resource need not wait any longer
        return False

    undone = walk(blueprint.dependencies, work, pool=run.pool, stop=run.cancelled.is_set)
    if run.stack.timed_out:
        return "Stack creation time exceeded the specified timeout"
    if run.stack.cancel_requested and undone:
        return "User Initiated"
    return _failures(run.stack.resources[each] for each in first) if undone else ""


def _failures(records: Iterable[ResourceRecord]) -> str:
    failed = [each for each in records if each.status.endswith("_FAILED")]
    verbs = {"CREATE_FAILED": "create", "UPDATE_FAILED": "update", "DELETE_FAILED": "delete"}
    sentences = []
    for status, verb in verbs.items():
        if named := [each.logical_id for each in failed if each.status == status]:
            sentences.append(f"The following resource(s) failed to {verb}: [{', '.join(named)}]. ")
    return "".join(sentences)


def _publish(run: Run, blueprint: Blueprint) -> str:
    """Set the stack's outputs; return why they cannot be, '' when they are."""
    try:
        outputs = blueprint.outputs(run.known)
        imports = blueprint.imports()
    except TemplateError as error:
        return error.message
    with run.journal.lock:
        if problem := _export_problem(run, outputs):
            return problem
        run.stack.outputs, run.stack.imports = outputs, imports
    return ""


def _export_problem(run: Run, outputs: list[Output]) -> str:
    exported = run.account.exports()
    for each in outputs:
        owner = exported.get(each.export_name, (run.stack, each))[0]
        if each.export_name and owner is not run.stack:
            return f"Export with name {each.export_name} is already exported by stack {owner.name}"
    now = {each.export_name: each.value for each in outputs if each.export_name}
    for each in run.stack.outputs:
        users = importers(run.account.stacks.values(), each.export_name)
        if users and now.get(each.export_name) != each.value:
            verb = "update" if each.export_name in now else "delete"
            return f"Cannot {verb} export {each.export_name} as it is in use by {' and '.join(users)}"
    return ""


def importers(stacks: Iterable[Any], export_name: str) -> list[str]:
    """Return the names of the stacks that import an export."""
    return [each.name for each in stacks if export_name in each.imports and each.status != "DELETE_COMPLETE"]


def _delete_all(run: Run, *, retained: set[str]) -> str:
    """Delete every resource of the stack, dependents first; return what went wrong, '' for nothing."""
    run.cancelled.clear()
    stack = run.stack
    gone = {"DELETE_COMPLETE", "DELETE_SKIPPED"}
    records = {f"{each.logical_id} {index}": each for index, each in enumerate(stack.superseded)}
    records |= stack.resources
    failed = _remove_all(
        run,
        {key: each for key, each in records.items() if each.status not in gone},
        keep=lambda each: each.deletion_policy in retained or each.logical_id in stack.retain,
    )
    if failed and not stack.force_delete:
        return f"The following resource(s) failed to delete: [{', '.join(sorted(failed))}]. "
    with run.journal.lock:
        stack.outputs, stack.imports, stack.superseded = [], frozenset(), []
    return ""


def _remove_unwanted(run: Run, blueprint: Blueprint) -> None:
    """Delete what the update replaced or no longer wants; what cannot be deleted is told and left."""
    stack = run.stack
    unwanted = {n: each for n, each in stack.resources.items() if n not in blueprint.resources}
    records = {f"{each.logical_id} {index}": each for index, each in enumerate(stack.superseded)} | unwanted
    retained = {"Retain", "RetainExceptOnCreate"}
    _remove_all(
        run,
        {key: each for key, each in records.items() if not each.status.startswith("DELETE_")},
        keep=lambda each: each.deletion_policy in retained,
    )
    with run.journal.lock:
        for logical_id in unwanted:
            del stack.resources[logical_id]


def _remove_all(run: Run, records: Mapping[str, ResourceRecord], *, keep: Callable[[ResourceRecord], bool]) -> set[str]:
    """Remove records, each after all that depend on it; return the logical ids that could not be."""
    dependents = {
        key: {other for other, each in records.items() if record.logical_id in each.dependencies}
        for key, record in records.items()
    }
    failed: set[str] = set()

    def work(key: str) -> bool:
        record = records[key]
        if steps.remove(run, record, keep=keep(record)):
            return True
        failed.add(record.logical_id)
        return run.stack.force_delete

    walk(dependents, work, pool=run.pool, stop=lambda: False)
    return failed
