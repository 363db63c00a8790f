"""Whether the NAT boxes forward and agree, by their own reports: nobody has to get into them to know."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from stax.aws.nat_reports import nat_reports
from stax.aws.session import Aws
from stax.events import Checked, Warned
from stax.model.nat import PRIVATE_SUBNETS, NatReport, box_name

MISSED_REPORTS = 2.5
CLOCKS_APART_S = 300.0
"""AWS refuses whose clock is off by more; so far apart ours and a box's may be."""

OLD_AFTER_S = 600.0
"""A box that has not reported so long after its launch never will."""

HEARD = {"well", "draining"}
"""What a peer that is there says."""


def look_at_boxes(aws: Aws, name: str, machines: Mapping[str, Mapping[str, Any]]) -> Iterator[Checked | Warned]:
    """Yield how each box is that runs; a Warned for one whose agent was not made to report.

    `machines` are the instances as EC2 describes them, by name.
    """
    if not aws.endpoint.machines:
        return
    reports, now = nat_reports(aws, name), datetime.now(UTC)
    for number in PRIVATE_SUBNETS:
        box = box_name(number)
        instance = machines.get(box, {})
        if instance.get("State", {}).get("Name") != "running":
            continue
        report = reports.get(box)
        if report is not None and report.instance_id == instance["InstanceId"]:
            yield _judged(number, report, _trouble(number, report, now) or _unsettled(number, report, reports))
        elif now - instance["LaunchTime"] > timedelta(seconds=OLD_AFTER_S):
            yield Warned(
                text=f"{box} does not report, so whether it forwards is not known",
                hint=f"a box made by an older stax has no agent that does; {aws.command('update', name)} "
                "--image latest --allow-replacement replaces it",
            )
        else:
            yield Checked(subject=f"agent of {box}", ok=False, finding="has not reported yet")


def _judged(number: int, report: NatReport, trouble: str) -> Checked:
    subject = f"agent of {box_name(number)}"
    if trouble:
        return Checked(subject=subject, ok=False, finding=trouble)
    if report.says == "draining":
        return Checked(subject=subject, ok=True, finding="is being drained")
    zones = " and ".join(str(zone) for zone in report.carries)
    return Checked(subject=subject, ok=True, finding=f"forwards for private subnet {zones}, hears its peer")


def _trouble(number: int, report: NatReport, now: datetime) -> str:
    age_s = (now - report.at).total_seconds()
    if age_s > report.every_s * MISSED_REPORTS + CLOCKS_APART_S:
        return f"has not reported for {age_s:.0f} s"
    if report.says not in {"well", "draining"}:
        return f"says that it is {report.says}: {report.reason}"
    peer = report.signals.get("peer", "")
    if peer not in HEARD:
        return f"does not find its peer well: {peer} {report.signals.get('peer_reason', '')}".rstrip()
    if report.says == "well" and number not in report.carries:
        zone = report.zones.get(number)
        return f"does not carry its own zone yet: {zone.because if zone else 'unknown'}"
    return ""


def _unsettled(number: int, report: NatReport, reports: Mapping[str, NatReport]) -> str:
    """What a box still does for a peer that is well again."""
    other = 3 - number
    peer = reports.get(box_name(other))
    if other in report.carries and peer is not None and peer.says == "well":
        return f"still carries private subnet {other} for its peer, which is about to take it back"
    return ""
