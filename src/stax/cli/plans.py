"""How plans read: what will be made, what changes and what is lost by it, what is broken."""

from collections import defaultdict
from collections.abc import Sequence

from stax.cli.tables import aligned
from stax.cli.text import printable
from stax.model.plan import CreatePlan, DestroyPlan, PlannedResource, Quantity, RepairPlan, ResourceChange, UpdatePlan


def creation(plan: CreatePlan, *, in_full: bool) -> list[str]:
    """Return what will be made; `in_full` a line for each resource, else a line for each type."""
    head = [f"{plan.name} in {plan.region}, account {plan.account_id}, is made of:", ""]
    if plan.resumes:
        head = [plan.resumes, "", *head]
    rows = _indented(_each(plan.resources)) if in_full else _indented(_by_type(plan.resources), right=frozenset({0}))
    return [*map(printable, head), *rows, "", *inventory(plan.quantities)]


def inventory(quantities: Sequence[Quantity]) -> list[str]:
    """Return how many there are of what, `$` for what AWS charges for."""
    rows = [(f"{q.count} x", q.subject, q.detail, "$" if q.billed else "") for q in quantities]
    lines = _indented(rows, right=frozenset({0}))
    return [*lines, "", "  $ is billed by AWS for as long as it exists"] if any(q.billed for q in quantities) else lines


def update(plan: UpdatePlan) -> list[str]:
    """Return what an update changes, property by property; what is lost by it stands out."""
    if not plan.has_changes:
        return [f"{plan.name} is what the configuration says: nothing to change"]
    lines = [f"{plan.name} in {plan.region}, account {plan.account_id}, changes:", ""]
    for change in plan.changes:
        lines += _change(change)
    if plan.size:
        lines.append(f"  Resize  docker hosts: {plan.size.before} -> {plan.size.after}")
    if plan.forbidden:
        lines += ["", f"  refused: {', '.join(plan.forbidden)} must not be replaced"]
    return [printable(line) for line in lines]


def removal(plan: DestroyPlan) -> list[str]:
    """Return what there is to remove, and who made it."""
    by = f", made by {plan.created_by}" if plan.created_by else ""
    head = f"{plan.name} in {plan.region}, account {plan.account_id}{by}, is removed whole:"
    rows = [(f"{q.count} x", q.subject, q.detail) for q in plan.quantities] or [("", "nothing but local files", "")]
    return [printable(head), "", *_indented(rows, right=frozenset({0}))]


def findings(plan: RepairPlan) -> list[str]:
    """Return what is gone or broken, and what repair does about it."""
    if not plan.has_changes:
        return [f"{plan.name} is whole: nothing to repair"]
    rows = [(f.subject, f.finding, f.mend or "a person must see to it") for f in plan.findings]
    return [printable(f"{plan.name} in {plan.region}, account {plan.account_id}:"), *_indented(rows)]


def _each(resources: Sequence[PlannedResource]) -> list[tuple[str, ...]]:
    return [(r.logical_id, r.resource_type, r.detail) for r in resources]


def _by_type(resources: Sequence[PlannedResource]) -> list[tuple[str, ...]]:
    names: dict[str, list[str]] = defaultdict(list)
    for resource in resources:
        names[resource.resource_type].append(resource.logical_id)
    return [(f"{len(ids)} x", kind) for kind, ids in sorted(names.items())]


def _change(change: ResourceChange) -> list[str]:
    action = {"True": "REPLACE", "Conditional": "REPLACE?"}.get(change.replacement, change.action)
    notes = [
        "the one there is now goes away" if change.loses_the_old_one else "",
        "stopped and started" if change.interrupts else "",
    ]
    consequence = ", ".join(note for note in notes if note)
    head = f"  {action:8} {change.logical_id}  {change.resource_type}"
    lines = [f"{head}  ({consequence})" if consequence else head]
    lines += [f"           {p.path}: {p.before or '-'} -> {p.after or '-'}" for p in change.properties]
    return lines if change.properties else [*lines, *(f"           {scope}" for scope in change.scope)]


def _indented(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    shown = [[printable(cell) for cell in row] for row in rows]
    return [f"  {line}" for line in aligned(shown, right)] if shown else []
