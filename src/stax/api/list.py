"""Every stax of the account in the region, what needs a look first."""

from stax.engine.selection import own_stacks
from stax.engine.site import Site
from stax.engine.tags import creator
from stax.model.inventory import StaxSummary
from stax.model.stack import Stack


def list_stax(site: Site) -> list[StaxSummary]:
    """Return every stax there is: failed ones first, then those in progress, then the rest, each by name."""
    here = creator()
    summaries = [_summary(stack, here) for stack in own_stacks(site.aws)]
    return sorted(summaries, key=lambda summary: (_urgency(summary.status), summary.name))


def _summary(stack: Stack, here: str) -> StaxSummary:
    created_by = stack.tags.get("stax:created-by", "")
    return StaxSummary(
        name=stack.name,
        status=stack.status,
        status_reason=stack.status_reason,
        created_at=stack.created_at,
        updated_at=stack.updated_at,
        created_by=created_by,
        made_here=created_by == here,
    )


def _urgency(status: str) -> int:
    if status.endswith("_FAILED") or "ROLLBACK" in status:
        return 0
    return 1 if status.endswith("_IN_PROGRESS") else 2
