"""The promises of a stax, judged: from what AWS and the machines say to items with advice.  Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from stax.aws.drift import Drifted
from stax.events import Checked, Warned
from stax.model.checkup import Backup, CheckItem, MachineFacts, Verdict
from stax.model.nat import NatStatus

CLOCK_OFF_S = 2.0
"""Certificates and signatures bear minutes, logs and leases of the clusters seconds."""
DISK_NOTED_PERCENT, DISK_FULL_PERCENT = 80, 90
"""etcd stops to write and Docker to pull when a disk is full: told before."""
CERTIFICATE_NOTED, CERTIFICATE_ENDING = timedelta(days=14), timedelta(days=3)
"""The hosts renew them long before; one that is so near its end is not being renewed."""
BACKUP_OLD = timedelta(hours=3)
"""They are made hourly: so old, three have failed."""
SHARED_VERSIONS = ("docker", "etcd", "consul", "os")

MOVED_BY_AGENTS = frozenset({"AWS::EC2::Route", "AWS::EC2::EIPAssociation"})
"""Born in the template, then the NAT boxes' business: where they lead is told above, and is no drift."""


def of_checks(group: str, checks: Iterable[Checked | Warned], advice: str) -> Iterator[CheckItem]:
    """Yield what the engine's own looks found."""
    for check in checks:
        if isinstance(check, Warned):
            yield _item(group, "warning", "note", check.text, check.hint)
            continue
        hint = "" if check.ok else check.hint or advice
        yield _item(group, check.subject, "ok" if check.ok else "fail", check.finding, hint)


def of_nat(status: NatStatus, *, boots: bool, advice: str) -> Iterator[CheckItem]:
    """Yield how the NAT boxes are by their own reports; where nothing boots, nobody reports."""
    if not boots:
        yield _item("NAT boxes", "reports", "ok", "not looked at, no machine boots behind the instances of this region")
        return
    verdict: Verdict = "note" if status.is_sound else "fail"
    for finding in status.findings:
        yield _item("NAT boxes", "pair", verdict, finding, advice)
    if not status.findings:
        yield _item("NAT boxes", "pair", "ok", "both forward and watch each other")


def of_machine(facts: MachineFacts, now: datetime) -> Iterator[CheckItem]:
    """Yield what a machine says of itself."""
    name = facts.machine
    is_off = facts.clock_off_s > CLOCK_OFF_S
    clock = f"at least {facts.clock_off_s:.0f} s off this machine's" if is_off else "as this machine's"
    yield _judged(name, "clock", "fail" if is_off else "ok", clock, "timedatectl, there and here")
    for path, percent in facts.disks_percent.items():
        advice = "docker system df there, and what can go; or a larger volume in the configuration"
        yield _judged(name, f"disk {path}", _disk(percent), f"{percent} % used", advice)
    if facts.certificates_end:
        which, end = min(facts.certificates_end.items(), key=lambda each: each[1])
        finding = f"the first to end, {which}, in {_days(end - now)}"
        advice = "journalctl -u stax-node there says why it is not renewed"
        yield _judged(name, "certificates", _certificate(end - now), finding, advice)
    if facts.failed_units:
        finding = f"failed: {', '.join(facts.failed_units)}"
        yield _judged(name, "units", "fail", finding, f"systemctl status {facts.failed_units[0]} there")
    else:
        yield _judged(name, "units", "ok", "none has failed")


def of_versions(machines: Sequence[MachineFacts]) -> Iterator[CheckItem]:
    """Yield of each program whether the machines that have it have the same version."""
    for program in SHARED_VERSIONS:
        found: Mapping[str, list[str]] = defaultdict(list)
        for facts in machines:
            if version := facts.versions.get(program):
                found[version].append(facts.machine)
        if len(found) == 1:
            yield _item("versions", program, "ok", f"{next(iter(found))} everywhere")
        elif found:
            finding = "; ".join(f"{version} on {', '.join(names)}" for version, names in sorted(found.items()))
            yield _item("versions", program, "note", finding, "updates go machine by machine; it should pass")


def of_drift(drifts: Iterable[Drifted], advice: str) -> Iterator[CheckItem]:
    """Yield what was changed by hand."""
    changed = [one for one in drifts if one.resource_type not in MOVED_BY_AGENTS]
    for one in changed:
        what = f"{one.status.lower()}: {', '.join(one.paths)}" if one.paths else one.status.lower()
        yield _item("drift", one.logical_id, "fail", f"{one.resource_type} {what}", advice)
    if not changed:
        yield _item("drift", "stack", "ok", "every resource is as the template says")


def of_backups(found: Sequence[Backup], now: datetime, *, running_since: datetime | None) -> Iterator[CheckItem]:
    """Yield how old the newest backup of each cluster is; a stax that is young has none yet."""
    for cluster in ("etcd", "swarm"):
        newest = next((one for one in found if one.cluster == cluster), None)
        age = now - (newest.at if newest else running_since or now)
        verdict: Verdict = "fail" if age > BACKUP_OLD else "ok" if newest else "note"
        finding = f"{_hours(age)} old, {newest.size_bytes} bytes" if newest else "none yet"
        advice = "journalctl -u stax-node on the cluster's leader says why" if verdict == "fail" else ""
        yield _item("backups", cluster, verdict, finding, advice)


def _judged(machine: str, subject: str, verdict: Verdict, finding: str, advice: str = "") -> CheckItem:
    return _item(machine, subject, verdict, finding, "" if verdict == "ok" else advice)


def _item(group: str, subject: str, verdict: Verdict, finding: str, advice: str = "") -> CheckItem:
    return CheckItem(group=group, subject=subject, verdict=verdict, finding=finding, advice=advice)


def _disk(percent: int) -> Verdict:
    return "fail" if percent >= DISK_FULL_PERCENT else "note" if percent >= DISK_NOTED_PERCENT else "ok"


def _certificate(left: timedelta) -> Verdict:
    return "fail" if left < CERTIFICATE_ENDING else "note" if left < CERTIFICATE_NOTED else "ok"


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):.0f} days"


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.1f} h"
