"""Promises judged, from what AWS and the machines say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax.aws.drift import Drifted
from stax.engine.checkup import of_backups, of_checks, of_drift, of_machine, of_versions
from stax.events import Checked, Warned
from stax.model.checkup import Backup, MachineFacts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def facts(name: str = "docker1", off_s: float = 0.0, **more: Any) -> MachineFacts:
    return MachineFacts(machine=name, clock_off_s=off_s, **more)


def verdicts(items: Any) -> dict[str, str]:
    return {item.subject: item.verdict for item in items}


@pytest.mark.parametrize(("percent", "verdict"), [(10, "ok"), (85, "note"), (95, "fail")])
def test_a_disk_is_told_before_it_is_full(percent: int, verdict: str) -> None:
    assert verdicts(of_machine(facts(disks_percent={"/": percent}), NOW))["disk /"] == verdict


@pytest.mark.parametrize(("days", "verdict"), [(300, "ok"), (10, "note"), (2, "fail"), (-1, "fail")])
def test_the_certificate_that_ends_first_counts(days: int, verdict: str) -> None:
    ends = {"ca": NOW + timedelta(days=3000), "etcd": NOW + timedelta(days=days)}

    found = next(item for item in of_machine(facts(certificates_end=ends), NOW) if item.subject == "certificates")

    assert (found.verdict, "etcd" in found.finding) == (verdict, True)
    assert bool(found.advice) is (verdict != "ok")


@pytest.mark.parametrize(("off_s", "verdict"), [(0.0, "ok"), (1.0, "ok"), (60.0, "fail")])
def test_a_clock_is_wrong_only_when_it_is_certainly_off(off_s: float, verdict: str) -> None:
    assert verdicts(of_machine(facts(off_s=off_s), NOW))["clock"] == verdict


def test_failed_units_are_named():
    (found,) = [item for item in of_machine(facts(failed_units=("stax-nat.service",)), NOW) if item.subject == "units"]

    assert (found.verdict, found.finding) == ("fail", "failed: stax-nat.service")


def test_versions_that_differ_are_worth_a_note():
    same = {"docker": "28.0", "os": "Flatcar 4459"}
    machines = [facts("docker1", versions=same), facts("docker2", versions={**same, "docker": "27.0"}), facts("nat1")]

    found = {item.subject: (item.verdict, item.finding) for item in of_versions(machines)}

    assert found == {
        "docker": ("note", "27.0 on docker2; 28.0 on docker1"),
        "os": ("ok", "Flatcar 4459 everywhere"),
    }


def test_what_the_nat_boxes_move_is_no_drift():
    route, group = (
        Drifted(logical_id=name, resource_type=f"AWS::EC2::{kind}", status="MODIFIED", paths=("/Target",))
        for name, kind in (("R", "Route"), ("G", "SecurityGroup"))
    )

    assert verdicts(of_drift([route], "")) == {"stack": "ok"}
    assert [(item.subject, item.verdict) for item in of_drift([route, group], "")] == [("G", "fail")]


@pytest.mark.parametrize(
    ("hours_old", "running_for_h", "verdict"), [(1, 100, "ok"), (5, 100, "fail"), (None, 1, "note"), (None, 9, "fail")]
)
def test_backups_that_do_not_come_are_a_fault(hours_old: int | None, running_for_h: int, verdict: str) -> None:
    made = [] if hours_old is None else [backup(name, NOW - timedelta(hours=hours_old)) for name in ("etcd", "swarm")]

    items = list(of_backups(made, NOW, running_since=NOW - timedelta(hours=running_for_h)))

    assert verdicts(items) == {"etcd": verdict, "swarm": verdict}


def backup(cluster: str, at: datetime) -> Backup:
    return Backup(cluster=cluster, key=f"backups/{cluster}/x", at=at, size_bytes=1)


def test_advice_comes_with_what_is_broken_alone():
    checks: list[Checked | Warned] = [
        Checked(subject="a", ok=True, finding="well"),
        Checked(subject="b", ok=False, finding="sick"),
        Checked(subject="c", ok=False, finding="sick", hint="its own"),
        Warned(text="mind this"),
    ]

    found = [(item.verdict, item.advice) for item in of_checks("network", checks, "stax repair")]

    assert found == [("ok", ""), ("fail", "stax repair"), ("fail", "its own"), ("note", "")]
