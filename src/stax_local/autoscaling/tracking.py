"""Target tracking: how many machines would bring the average to its target.  Pure.

AWS's alarms for it have periods of a minute: three above the target to scale out, fifteen below
90 % of it to scale in; machines that still warm up count as capacity and not in the average.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OUT_PERIODS = 3
IN_PERIODS = 15
IN_FRACTION = 0.9
"""Scale in only below this part of the target, so that it does not flap around it."""

Series = Mapping[int, float]
"""period (seconds since the epoch // its length) → average of that period"""


@dataclass(frozen=True)
class Target:
    """What a policy asks for."""

    value: float
    scales_in: bool = True


def average(of_machines: Sequence[Series]) -> dict[int, float]:
    """Return the average over the machines, of every period that at least one of them reported."""
    periods = {period for series in of_machines for period in series}
    return {period: _mean([series[period] for series in of_machines if period in series]) for period in periods}


def wanted_capacity(target: Target, series: Series, *, warm: int, desired: int, present: int) -> int | None:
    """Return the capacity to have, or None to leave it: too little data, or near enough to the target.

    `warm` counts the machines that the series is about, `desired` all that are wanted now;
    `present` is the period that it is now.
    """
    # The present period is not over and the last one may not have arrived.
    known = [period for period in sorted(series) if present - IN_PERIODS - 2 <= period <= present]
    latest = known[-OUT_PERIODS:]
    if _is_recent(latest, present) and len(latest) == OUT_PERIODS:
        level = _mean([series[period] for period in latest])
        if all(series[period] > target.value for period in latest):
            proportional = math.ceil(warm * level / target.value)
            return proportional if proportional > desired else None
    quiet = known[-IN_PERIODS:]
    if target.scales_in and len(quiet) == IN_PERIODS and _is_recent(quiet, present) and warm == desired:
        level = max(series[period] for period in quiet)
        if level < target.value * IN_FRACTION:
            proportional = max(math.ceil(warm * level / target.value), 1)
            return proportional if proportional < desired else None
    return None


def _is_recent(periods: Sequence[int], present: int) -> bool:
    return bool(periods) and periods[-1] >= present - 2 and periods[-1] - periods[0] <= len(periods)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
