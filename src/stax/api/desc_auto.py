"""The Auto Scaling group of a stax: sizes, members, policies, last activities."""

from datetime import UTC, datetime

from stax.aws.autoscaling import scaling_groups
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.model.scaling import AutoDescription


def describe_auto(site: Site, name: str = "") -> AutoDescription:
    """Return what Auto Scaling says of the stax of that name, or of the only one there is."""
    stack = selected_stack(site.aws, name)
    return AutoDescription(
        name=stack.name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        asked_at=datetime.now(UTC),
        status=stack.status,
        groups=tuple(scaling_groups(site.aws, stack.name)),
    )
