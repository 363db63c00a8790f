"""Target tracking: how many machines would bring the average to its target.  Pure.

AWS's alarms for it: three minutes above the target to scale out, fifteen minutes below 90 % of it
to scale in; machines that still warm up count as capacity and not in the average.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PERIOD_S = 60
OUT_PERIODS = 3
IN_PERIODS = 15
IN_FRACTION = 0.9
"""Scale in only below this part of the target, so that it does not flap around it."""

Series = Mapping[int, float]
"""minute (seconds since the epoch // 60) → average of that minute"""


@dataclass(frozen=True)
class Target:
    """What a policy asks for."""

    value: float
    scales_in: bool = True


def average(of_machines: Sequence[Series]) -> dict[int, float]:
    """Return the average over the machines, of every minute that at least one of them reported."""
    minutes = {minute for series in of_machines for minute in series}
    return {minute: _mean([series[minute] for series in of_machines if minute in series]) for minute in minutes}


def wanted_capacity(target: Target, series: Series, *, warm: int, desired: int, now: float) -> int | None:
    """Return the capacity to have, or None to leave it: too little data, or near enough to the target.

    `warm` counts the machines that the series is about, `desired` all that are wanted now.
    """
    this_minute = int(now // PERIOD_S)
    # The present minute is not over and the last one may not have arrived.
    known = [minute for minute in sorted(series) if this_minute - IN_PERIODS - 2 <= minute <= this_minute]
    latest = known[-OUT_PERIODS:]
    if _is_recent(latest, this_minute) and len(latest) == OUT_PERIODS:
        level = _mean([series[minute] for minute in latest])
        if all(series[minute] > target.value for minute in latest):
            proportional = math.ceil(warm * level / target.value)
            return proportional if proportional > desired else None
    quiet = known[-IN_PERIODS:]
    if target.scales_in and len(quiet) == IN_PERIODS and _is_recent(quiet, this_minute) and warm == desired:
        level = max(series[minute] for minute in quiet)
        if level < target.value * IN_FRACTION:
            proportional = max(math.ceil(warm * level / target.value), 1)
            return proportional if proportional < desired else None
    return None


def _is_recent(minutes: Sequence[int], this_minute: int) -> bool:
    return bool(minutes) and minutes[-1] >= this_minute - 2 and minutes[-1] - minutes[0] <= len(minutes)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
