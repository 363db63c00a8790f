"""How an Auto Scaling group reads on the screen: sizes, members, policies, what it did last."""

from stax.cli.tables import Table, pairs, show
from stax.cli.terminal import Terminal
from stax.cli.text import moment
from stax.model.scaling import AutoDescription, ScalingGroup

_ACTIVITIES_SHOWN = 10
"""The last ones; JSON has all that AWS told."""


def show_scaling(it: AutoDescription, terminal: Terminal) -> None:
    """Write each group of a stax."""
    if not it.groups:
        terminal.say("----", f"{it.name} ({it.status}) has no Auto Scaling group")
    for group in it.groups:
        pairs(group.name, _sizes(group), terminal)
        terminal.answer("")
        show(_members(group), terminal)
        terminal.answer("")
        show(_policies(group), terminal)
        terminal.answer("")
        show(_activities(group), terminal)


def _sizes(group: ScalingGroup) -> list[tuple[str, str]]:
    rows = [
        ("size", f"{group.desired} wanted, {group.in_service} in service"),
        ("limits", f"{group.smallest} to {group.largest}"),
        ("zones", ", ".join(group.zones)),
        ("launch template", f"{group.launch_template} version {group.launch_template_version}"),
    ]
    if group.suspended_processes:
        rows.append(("suspended", ", ".join(group.suspended_processes)))
    return [*rows, ("status", group.status)] if group.status else rows


def _members(group: ScalingGroup) -> Table:
    headings = ("INSTANCE", "LIFECYCLE", "HEALTH", "ZONE", "TYPE", "TEMPLATE", "PROTECTED")
    rows = [
        (
            one.instance_id,
            one.lifecycle_state,
            one.health,
            one.zone,
            one.instance_type,
            one.launch_template_version,
            "yes" if one.protected_from_scale_in else "no",
        )
        for one in group.members
    ]
    return Table(headings, rows, title="Instances", dispensable=("PROTECTED", "TYPE", "ZONE"))


def _policies(group: ScalingGroup) -> Table:
    rows = [
        (
            one.name,
            one.policy_type,
            one.metric or "-",
            "-" if one.target is None else f"{one.target:g}",
            "-" if one.warmup_s is None else f"{one.warmup_s} s",
            "yes" if one.enabled else "no",
        )
        for one in group.policies
    ]
    return Table(
        ("POLICY", "TYPE", "METRIC", "TARGET", "WARMUP", "ENABLED"),
        rows,
        title="Policies",
        dispensable=("TYPE", "ENABLED"),
    )


def _activities(group: ScalingGroup) -> Table:
    rows = [(moment(one.began_at), one.status, one.description) for one in group.activities[:_ACTIVITIES_SHOWN]]
    return Table(("WHEN", "STATUS", "WHAT"), rows, title="Last activities")
