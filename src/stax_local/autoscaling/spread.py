"""Where the next machine goes and which machine goes next: pure.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#arch-AutoScalingMultiAZ
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
"""

from collections import Counter
from collections.abc import Callable, Iterable

from stax_local.autoscaling.model import Group, Member


def subnets_for(group: Group, staying: Iterable[Member], count: int) -> list[str]:
    """Return the subnets of the next `count` machines: each in the zone that has the fewest by then."""
    load = Counter(member.availability_zone for member in staying)
    chosen = []
    for _ in range(count):
        subnet_id, zone = min(group.subnets, key=lambda subnet: load[subnet[1]])
        load[zone] += 1
        chosen.append(subnet_id)
    return chosen


def victims(group: Group, staying: Iterable[Member], count: int) -> list[Member]:
    """Return up to `count` members to terminate: from the fullest zone, unprotected, then by the group's policies."""
    remaining = list(staying)
    chosen: list[Member] = []
    while len(chosen) < count:
        candidates = [member for member in remaining if not member.protected]
        if not candidates:
            break
        load = Counter(member.availability_zone for member in remaining)
        fullest = max(load[member.availability_zone] for member in candidates)
        zone = [member for member in candidates if load[member.availability_zone] == fullest]
        victim = min(zone, key=_order(group))
        remaining.remove(victim)
        chosen.append(victim)
    return chosen


def _order(group: Group) -> Callable[[Member], tuple[float | int, ...]]:
    policies = [part for policy in group.termination_policies for part in DEFAULT_POLICY.get(policy, (policy,))]
    keys = [KEYS[policy] for policy in policies]
    return lambda member: (*(key(member) for key in keys), member.launched_at)


def _version(member: Member) -> int:
    version = member.launch_template.get("Version", "0")
    return int(version) if version.isdigit() else 0


DEFAULT_POLICY: dict[str, tuple[str, ...]] = {
    "Default": ("OldestLaunchTemplate", "ClosestToNextInstanceHour"),
    "AllocationStrategy": (),
    "OldestLaunchConfiguration": (),
}
"""What a policy stands for; machines from launch configurations or of several types do not exist here."""

KEYS: dict[str, Callable[[Member], float | int]] = {
    "OldestInstance": lambda member: member.launched_at,
    "NewestInstance": lambda member: -member.launched_at,
    "OldestLaunchTemplate": _version,
    # Billed by the second for years now; the oldest has been closest to an hour most often.
    "ClosestToNextInstanceHour": lambda member: member.launched_at,
}

POLICIES = (*DEFAULT_POLICY, *KEYS)
"""Every termination policy that is understood."""
