"""How plans read: what will be made, what changes and what is lost by it, what is broken."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from textwrap import wrap

from stax.cli.tables import aligned
from stax.cli.text import printable
from stax.model.plan import (
    CreatePlan,
    DestroyPlan,
    PlannedResource,
    PropertyChange,
    Quantity,
    RebalancePlan,
    RecoveryPlan,
    RepairPlan,
    ResourceChange,
    ScalePlan,
    UpdatePlan,
)

_KEEPS = {"", "False"}
"""Replacement, where the resource that is there stays."""
_MANY = 4
"""So many resources with the same change are told together: a tag of the configuration is on nearly all of them."""
_WIDTH, _PARAGRAPH = 80, 4
"""Columns: where a paragraph breaks, and how far it is indented."""
_UNBROKEN = "\N{NO-BREAK SPACE}"
_KNOWN_AFTER_APPLY, _ON_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}", "(known when it is made)"
"""CloudFormation's word for a value that only the update itself brings forth, and ours."""


def creation(plan: CreatePlan, *, in_full: bool) -> list[str]:
    """Return what will be made; `in_full` a line for each resource, else how many of each type."""
    head = [f"{plan.name} in {plan.region}, account {plan.account_id}, is made of:", ""]
    if plan.resumes:
        head = [plan.resumes, "", *head]
    if plan.begins_with:
        head = [*head[:-2], f"{plan.name} begins with etcd and Swarm as in {plan.begins_with}", "", *head[-2:]]
    rows = _indented(_each(plan.resources)) if in_full else _by_service(plan.resources)
    return [*map(printable, head), *rows, "", *inventory(plan.quantities)]


def inventory(quantities: Sequence[Quantity]) -> list[str]:
    """Return how many there are of what, `$` for what AWS charges for."""
    rows = [(str(q.count), _counted(q), q.detail, "$" if q.billed else "") for q in quantities]
    lines = _indented(rows, right=frozenset({0}))
    return [*lines, "", "  $ is billed by AWS for as long as it exists"] if any(q.billed for q in quantities) else lines


def update(plan: UpdatePlan) -> list[str]:
    """Return what an update changes, property by property; what is lost by it stands out."""
    if not plan.has_changes:
        return [f"{plan.name} is what the configuration says: nothing to change"]
    lines = [f"{plan.name} in {plan.region}, account {plan.account_id}, changes:", ""]
    shared = _shared(plan.changes)
    lines += _on_many(plan.changes, shared)
    for change in plan.changes:
        if not (_is_plain(change) and shared.issuperset(change.properties)):
            lines += _change(change, shared)
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
    kept = (
        f"  {plan.backups} backups go with the bucket; stax backup fetch {plan.name} keeps the newest on this machine"
    )
    return [printable(head), "", *_indented(rows, right=frozenset({0})), *(["", kept] if plan.backups else [])]


def findings(plan: RepairPlan) -> list[str]:
    """Return what is gone or broken, and what repair does about it."""
    if not plan.has_changes:
        return [f"{plan.name} is whole: nothing to repair"]
    rows = [(f.subject, f.finding, f.mend or "a person must see to it") for f in plan.findings]
    return [printable(f"{plan.name} in {plan.region}, account {plan.account_id}:"), *_indented(rows)]


def scaling(plan: ScalePlan) -> list[str]:
    """Return how many hosts come or go, and what that means for the clusters."""
    head = f"{plan.name} in {plan.region}, account {plan.account_id}:"
    lines = [f"  docker hosts: {plan.before} -> {plan.after}"]
    if plan.servers_before != plan.servers_after:
        lines.append(f"  servers of etcd, Swarm and consul: {plan.servers_before} -> {plan.servers_after}")
    if plan.servers_after == 1:
        lines.append("  one server: the clusters do not survive the loss of its host")
    if plan.after < plan.before:
        sizes = ", ".join(map(str, plan.stages))
        lines.append(f"  Auto Scaling chooses which hosts go; they hand over before they end, by way of {sizes} hosts")
    return [printable(line) for line in (head, *lines)]


def recovery(plan: RecoveryPlan) -> list[str]:
    """Return what is lost, and what going on from the survivor means."""
    lines = [
        f"{plan.name} in {plan.region}, account {plan.account_id}:",
        f"  lost the majority of their servers: {', '.join(plan.lost)}",
        f"  run no more: {', '.join(plan.gone)}",
        f"  goes on alone: {plan.survivor} ({plan.survivor_id})",
        "  The clusters are made anew from what it holds; what only the others knew is lost.",
        "  Services go on, and the other docker hosts join it again.",
    ]
    return [printable(line) for line in lines]


def crowded(plan: RebalancePlan) -> list[str]:
    """Return which services are unevenly spread."""
    if not plan.has_changes:
        return [f"the services of {plan.name} are evenly spread"]
    rows = [
        (one.service, f"{one.tasks} tasks", f"{one.most} on one machine, {one.fewest} on another")
        for one in plan.crowded
    ]
    head = f"{plan.name} in {plan.region}, account {plan.account_id}; each is rolled once, task by task:"
    return [printable(head), *_indented(rows)]


def _each(resources: Sequence[PlannedResource]) -> list[tuple[str, ...]]:
    return [(r.logical_id, r.resource_type, r.detail) for r in resources]


def _by_service(resources: Sequence[PlannedResource]) -> list[str]:
    """Return a paragraph for each of AWS's services: how many of what."""
    services: dict[str, Counter[str]] = defaultdict(Counter)
    for resource in resources:
        _, service, kind = f"::{resource.resource_type}".rsplit("::", 2)
        services[service][kind] += 1
    lines = [f"  {len(resources)} resources:"]
    for service, kinds in sorted(services.items()):
        lines += _paragraph(f"{service}: ", [f"{count} {kind}" for kind, count in sorted(kinds.items())])
    return lines


def _counted(quantity: Quantity) -> str:
    if quantity.count == 1:
        return quantity.subject
    return quantity.subject + ("es" if quantity.subject.endswith("x") else "s")


def _shared(changes: Sequence[ResourceChange]) -> frozenset[PropertyChange]:
    """Return the changes that many resources have alike, such as another value of a tag."""
    plain = (change for change in changes if change.replacement in _KEEPS)
    counts = Counter(found for change in plain for found in change.properties)
    return frozenset(found for found, count in counts.items() if count >= _MANY)


def _is_plain(change: ResourceChange) -> bool:
    return bool(change.properties) and change.replacement in _KEEPS and not change.interrupts


def _on_many(changes: Sequence[ResourceChange], shared: frozenset[PropertyChange]) -> list[str]:
    """Return each shared change once, with the names of those that have it."""
    lines: list[str] = []
    for found in sorted(shared, key=lambda one: one.path):
        names = [change.logical_id for change in changes if found in change.properties]
        lines += [f"  On {len(names)} resources", f"           {_property(found)}"]
        lines += _paragraph("         ", names)
    return lines


def _paragraph(beginning: str, words: Sequence[str]) -> list[str]:
    indent = " " * (len(beginning) + _PARAGRAPH)
    text = f"{' ' * _PARAGRAPH}{beginning}{', '.join(word.replace(' ', _UNBROKEN) for word in words)}"
    rows = wrap(printable(text, most=100_000), _WIDTH, subsequent_indent=indent, break_on_hyphens=False)
    return [row.replace(_UNBROKEN, " ") for row in rows]


def _property(change: PropertyChange) -> str:
    before, after = (
        _ON_APPLY if value == _KNOWN_AFTER_APPLY else value or "-" for value in (change.before, change.after)
    )
    return f"{change.path}: {before} -> {after}"


def _change(change: ResourceChange, shared: frozenset[PropertyChange]) -> list[str]:
    action = {"True": "REPLACE", "Conditional": "REPLACE?"}.get(change.replacement, change.action)
    notes = [
        "the one there is now goes away" if change.loses_the_old_one else "",
        "stopped and started" if change.interrupts else "",
    ]
    consequence = ", ".join(note for note in notes if note)
    head = f"  {action:8} {change.logical_id}  {change.resource_type}"
    lines = [f"{head}  ({consequence})" if consequence else head]
    lines += [f"           {_property(one)}" for one in change.properties if one not in shared]
    return lines if change.properties else [*lines, *(f"           {scope}" for scope in change.scope)]


def _indented(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    shown = [[printable(cell) for cell in row] for row in rows]
    return [f"  {line}" for line in aligned(shown, right)] if shown else []
