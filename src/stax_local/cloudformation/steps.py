"""What an operation does to a single resource: make, change, replace, remove.

Each tells its events and leaves a record from which a restarted region can go on.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from stax_local.cloudformation import policies
from stax_local.cloudformation.blueprint import Blueprint
from stax_local.cloudformation.clock import suffix_of
from stax_local.cloudformation.differences import property_changes
from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.reasons import reason_of
from stax_local.cloudformation.records import ResourceRecord
from stax_local.cloudformation.run import Run
from stax_local.cloudformation.shapes import Effect, Misfit
from stax_local.cloudformation.work import THROTTLES, Change, ResourceFailure, Work, code_of, is_absent, or_absent

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."


def bring_about(run: Run, blueprint: Blueprint, logical_id: str) -> bool:
    """Make one resource what the blueprint says; return whether it is."""
    record = run.stack.resources.get(logical_id)
    try:
        properties = _wanted(run, blueprint, logical_id)
    except (TemplateError, Misfit) as error:
        record = record or _new_record(run, blueprint, logical_id)
        run.stack.resources[logical_id] = record
        verb = "UPDATE" if record.made else "CREATE"
        run.journal.resource_status(run.stack, record, f"{verb}_FAILED", str(error))
        return False
    if record is None or record.status == "DELETE_COMPLETE":
        return _create(run, blueprint, _new_record(run, blueprint, logical_id), properties)
    if not record.made:
        return _create(run, blueprint, record, properties)
    tags = run.tags_of(logical_id, blueprint.target)
    changes = property_changes(run.types[record.type], _before(record, properties), properties)
    if not changes and record.tags == tags and record.attempted is None:
        _describe(record, blueprint)
        return True
    if any(each.effect is Effect.REPLACES for each in changes):
        return _replace(run, blueprint, record, properties)
    return _update(run, blueprint, record, properties)


def _wanted(run: Run, blueprint: Blueprint, logical_id: str) -> dict[str, Any]:
    resource_type = run.types[blueprint.resources[logical_id].type]
    properties = blueprint.properties(logical_id, run.known)
    if problems := list(resource_type.problems(properties)):
        raise TemplateError(f"Properties validation failed for resource {logical_id} with message:\n{problems[0]}")
    return dict(resource_type.coerced(properties))


def _new_record(run: Run, blueprint: Blueprint, logical_id: str) -> ResourceRecord:
    declared = blueprint.resources[logical_id]
    suffix = suffix_of(run.stack.stack_id, logical_id, run.stack.operation_id)
    record = ResourceRecord(logical_id, declared.type, run.journal.clock.now(), suffix=suffix)
    record.tags = run.tags_of(logical_id, blueprint.target)
    _describe(record, blueprint)
    return record


def _describe(record: ResourceRecord, blueprint: Blueprint) -> None:
    """Keep what the template says of the resource besides its properties."""
    declared = blueprint.resources[record.logical_id]
    record.dependencies = blueprint.dependencies[record.logical_id]
    record.deletion_policy = declared.deletion_policy or "Delete"
    record.update_replace_policy = declared.update_replace_policy
    record.metadata, record.description = dict(declared.metadata), declared.description


def _create(run: Run, blueprint: Blueprint, record: ResourceRecord, properties: dict[str, Any]) -> bool:
    with run.journal.lock:
        again = run.resumed or bool(record.status)
        record.properties = properties
        run.stack.resources[record.logical_id] = record
    # A replacement that was cut short is still an update of what was there before.
    before = run.stack.before_update.get(record.logical_id)
    verb = "UPDATE" if before is not None and before.made else "CREATE"
    run.journal.resource_status(run.stack, record, f"{verb}_IN_PROGRESS")
    return _make(run, blueprint, record, verb, again=again)


def _replace(run: Run, blueprint: Blueprint, old: ResourceRecord, properties: dict[str, Any]) -> bool:
    record = _new_record(run, blueprint, old.logical_id)
    record.properties = properties
    record.physical_id = old.physical_id
    with run.journal.lock:
        run.stack.superseded.append(replace(old, deletion_policy=old.update_replace_policy))
        run.stack.resources[old.logical_id] = record
    run.journal.resource_status(run.stack, record, "UPDATE_IN_PROGRESS", REPLACING)
    record.physical_id = ""
    return _make(run, blueprint, record, "UPDATE", again=run.resumed)


def _make(run: Run, blueprint: Blueprint, record: ResourceRecord, verb: str, *, again: bool) -> bool:
    """Create the physical resource of a record that has said IN_PROGRESS."""

    def made(physical_id: str) -> None:
        record.physical_id = physical_id
        run.journal.resource_status(run.stack, record, f"{verb}_IN_PROGRESS", "Resource creation Initiated")

    def make() -> None:
        if again:
            _remove_leftovers(run, record)
        work = run.work_on(record, made)
        _call_create(run, record, work)
        policies.await_creation(run, blueprint, record, work)
        record.made = True

    return _attempt(run, record, f"{verb}_COMPLETE", make)


def _call_create(run: Run, record: ResourceRecord, work: Work) -> None:
    record.refused = False
    try:
        record.physical_id = run.types[record.type].create(work, record.properties)
    except (ClientError, ResourceFailure) as error:
        unsure = isinstance(error, ClientError) and code_of(error) in THROTTLES
        record.refused = not record.physical_id and not unsure
        raise


def _before(record: ResourceRecord, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the resource has to be taken for, so that every property that may differ from the wanted is set.

    After an update that failed or was cut short, each property is as before it or as it attempted.
    """
    before = dict(record.properties)
    for name, value in (record.attempted or {}).items():
        if before.get(name) == wanted.get(name):
            before[name] = value
    return before


def _update(run: Run, blueprint: Blueprint, record: ResourceRecord, properties: dict[str, Any]) -> bool:
    before, tags_before = _before(record, properties), record.tags
    tags = run.tags_of(record.logical_id, blueprint.target)
    record.attempted = properties
    run.journal.resource_status(run.stack, record, "UPDATE_IN_PROGRESS")

    def update() -> None:
        policy = blueprint.evaluated(dict(blueprint.resources[record.logical_id].update_policy), run.known)
        change = Change(record.physical_id, before, properties, tags_before, tags, policy)
        run.types[record.type].update(run.work_on(record), change)
        record.properties, record.tags, record.attempted, record.attributes = properties, tags, None, {}
        _describe(record, blueprint)

    return _attempt(run, record, "UPDATE_COMPLETE", update)


def _attempt(run: Run, record: ResourceRecord, done: str, work: Callable[[], None]) -> bool:
    verb = {"CREATE": "creation", "UPDATE": "update", "DELETE": "deletion"}[done.partition("_")[0]]
    try:
        work()
    except Exception as error:  # whatever happens to one resource is told as its failure
        run.journal.resource_status(run.stack, record, done.replace("COMPLETE", "FAILED"), reason_of(error, verb))
        return False
    run.journal.resource_status(run.stack, record, done)
    return True


def _remove_leftovers(run: Run, record: ResourceRecord) -> None:
    """Delete what a creation that was cut short may have left: it is then begun anew."""
    resource_type, work = run.types[record.type], run.work_on(record)
    others = _ids_in_use(run, record)
    found = () if record.refused else resource_type.leftovers(work, record.properties)
    left = {record.physical_id, *found} - others - {""}
    for physical_id in sorted(left):
        or_absent(resource_type.delete, work, physical_id, record.properties)
    record.physical_id = ""


def _ids_in_use(run: Run, record: ResourceRecord) -> set[str]:
    """Return what else of the record's kind the stack owns: what it replaces, or what a rollback put back."""
    records = [*run.stack.resources.values(), *run.stack.superseded]
    return {each.physical_id for each in records if each is not record and each.made and each.type == record.type}


def restore(run: Run, logical_id: str) -> None:
    """Go back to the physical resource there was before the update, when it was replaced."""
    old, record = run.stack.before_update.get(logical_id), run.stack.resources.get(logical_id)
    if old is None or record is None or old.status == "DELETE_COMPLETE":
        return
    if old.physical_id == record.physical_id and record.made == old.made:
        return
    with run.journal.lock:
        run.stack.superseded = [each for each in run.stack.superseded if each.physical_id != old.physical_id]
        if record.physical_id or not record.made:
            run.stack.superseded.append(record)
        run.stack.resources[logical_id] = deepcopy(old)


def remove(run: Run, record: ResourceRecord, *, keep: bool) -> bool:
    """Delete one resource, or leave it when `keep`; one that is already gone counts as deleted."""
    if keep:
        run.journal.resource_status(run.stack, record, "DELETE_SKIPPED")
        return True
    run.journal.resource_status(run.stack, record, "DELETE_IN_PROGRESS")

    def delete() -> None:
        if not record.made:
            _remove_leftovers(run, record)
            return
        try:
            run.types[record.type].delete(run.work_on(record), record.physical_id, record.properties)
        except ClientError as error:
            if not is_absent(error):
                raise

    return _attempt(run, record, "DELETE_COMPLETE", delete)
