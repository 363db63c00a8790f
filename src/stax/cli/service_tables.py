"""How services and the plans about them read."""

from collections.abc import Iterator

from stax.cli.tables import aligned
from stax.cli.text import printable
from stax.model.services import ServiceChange, ServicesPlan, StackPlan

_LONGEST = 160
"""Of a value in a plan: a whole file may be one."""


def services_plan(plan: ServicesPlan) -> list[str]:
    """Return what becomes of each stack, service by service and property by property, old -> new."""
    if not plan.has_changes:
        names = ", ".join(stack.stack for stack in plan.stacks)
        return [printable(f"{names}: as it should be, and healthy; nothing to do")]
    lines = [f"{plan.name} in {plan.region}, account {plan.account_id}:", ""]
    for stack in plan.stacks:
        lines += list(_stack(stack)) if stack.has_changes else [f"  {stack.stack}: as it should be, and healthy"]
    return [printable(line, most=_LONGEST + 80) for line in lines]


def _stack(stack: StackPlan) -> Iterator[str]:
    yield f"  {stack.stack}, revision {stack.revision}"
    rows = [_row(one) for one in stack.services]
    for line, change in zip(aligned(rows), stack.services, strict=True):
        yield f"    {line}"
        for one in change.changes if change.action == "change" else ():
            yield f"        {one.path}: {_short(one.before)} -> {_short(one.after)}"
    for note in stack.notes:
        yield f"    note: {note}"


def _row(change: ServiceChange) -> tuple[str, str, str]:
    return change.action.capitalize(), change.service, change.how


def _short(value: str) -> str:
    text = " ".join(value.split())
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…") or "-"
