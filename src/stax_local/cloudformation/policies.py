"""What a resource waits for after it is made: signals, as its CreationPolicy asks."""

import re
from collections.abc import Mapping
from typing import Any

from stax_local.cloudformation.blueprint import Blueprint
from stax_local.cloudformation.records import ResourceRecord
from stax_local.cloudformation.run import Run
from stax_local.cloudformation.work import ResourceFailure, Signal, Work

DEFAULT_TIMEOUT_S = 300
LONGEST_TIMEOUT_S = 12 * 3600
"""CloudFormation's own bounds of a resource signal's Timeout."""
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def seconds_of(duration: str) -> int:
    """Return the seconds of an ISO 8601 duration such as PT15M; raises ResourceFailure when it is none."""
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match.groups()):
        raise ResourceFailure(f"Invalid Timeout {duration}: an ISO 8601 duration such as PT15M is needed")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return min(((days * 24 + hours) * 60 + minutes) * 60 + seconds, LONGEST_TIMEOUT_S)


def await_creation(run: Run, blueprint: Blueprint, record: ResourceRecord, work: Work) -> None:
    """Wait for the signals that the resource's CreationPolicy asks for.

    Raises ResourceFailure when they do not come in time or too many say FAILURE.
    """
    policy = blueprint.evaluated(dict(blueprint.resources[record.logical_id].creation_policy), run.known)
    wanted = policy.get("ResourceSignal")
    if not wanted and "AutoScalingCreationPolicy" not in policy:
        return
    count = int((wanted or {}).get("Count", 1))
    timeout_s = seconds_of(str((wanted or {}).get("Timeout", "PT5M")))
    await_signals(work, record.logical_id, count=count, timeout_s=timeout_s, least_percent=_least_percent(policy))


def _least_percent(policy: Mapping[str, Any]) -> int:
    return int(policy.get("AutoScalingCreationPolicy", {}).get("MinSuccessfulInstancesPercent", 100))


def await_signals(work: Work, logical_id: str, *, count: int, timeout_s: float, least_percent: int = 100) -> None:
    """Wait until enough SUCCESS signals have come for a resource."""
    needed = -(-count * least_percent // 100)

    def enough() -> bool:
        signals = work.signals(logical_id)
        failures = [unique for unique, each in signals.items() if each.status == "FAILURE"]
        if len(failures) > count - needed:
            raise ResourceFailure(_refused(signals, failures, count, least_percent))
        return len(signals) - len(failures) >= needed

    try:
        work.wait_until(enough, patience_s=timeout_s, what="signals")
    except ResourceFailure as failure:
        if "Exceeded attempts" not in str(failure):
            raise
        missing = needed - sum(each.status == "SUCCESS" for each in work.signals(logical_id).values())
        raise ResourceFailure(f"Failed to receive {missing} resource signal(s) within the specified duration") from None


def _refused(signals: Mapping[str, Signal], failures: list[str], count: int, least_percent: int) -> str:
    if count == 1:
        return f"Received FAILURE signal with UniqueId {failures[0]}"
    return (
        f"Received {len(failures)} FAILURE signal(s) out of {max(count, len(signals))}."
        f" Unable to satisfy {least_percent}% MinSuccessfulInstancesPercent requirement"
    )
