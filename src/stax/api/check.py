"""Look at every promise of a stax, changing nothing: by AWS's word, the hosts' reports, and the machines themselves."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stax.api.nat_status import nat_status
from stax.aws import drift, ec2
from stax.aws.backups import backups
from stax.engine import checkup, cluster, health
from stax.engine.agents import Agents, agents_of
from stax.engine.machine_facts import machine_facts
from stax.engine.private_key import private_key_of
from stax.engine.selection import selected_stack
from stax.engine.services.carried import of_images
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event, StaxNamed, StepStarted
from stax.model.checkup import CheckItem, Checkup, MachineFacts, Verdict
from stax.model.stack import Stack

DRIFT_WITHIN_S = 60.0
"""CloudFormation looks at some sixty resources, one after the other."""
WAY_IN_WITHIN_S = 5.0
"""Machines whose host keys are not published by now are not waited for: that is a finding."""


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """What is to be looked at."""

    name: str = ""
    """The stax; empty: the only one there is."""
    looks_inside: bool = True
    """Whether to ask the machines themselves, over ssh."""
    ssh_key: Path | None = None


def check(site: Site, request: CheckRequest, *, person_home: Path) -> Generator[Event, None, Checkup]:
    """Return how every promise stands.  Raises StaxError only when AWS cannot be asked at all."""
    stack = selected_stack(site.aws, request.name)
    yield StaxNamed(name=stack.name, region=site.aws.place)
    detection = _begun(site, stack)
    yield StepStarted(step="asking AWS and reading the machines' reports")
    seen = cluster.view(site.aws, stack)
    items = [*_stack(site, stack), *_by_aws(site, stack, seen)]
    if request.looks_inside and seen.boots:
        yield StepStarted(step="asking the machines")
        items += yield from _inside(site, stack, request, person_home)
    yield StepStarted(step="comparing the resources with the template")
    items += _drift(site, stack, detection)
    return Checkup(
        name=stack.name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        asked_at=datetime.now(UTC),
        items=tuple(items),
    )


def _begun(site: Site, stack: Stack) -> str | StaxError:
    """Have CloudFormation begin to look for drift, which takes it longest."""
    try:
        return drift.begin_detection(site.aws, stack.stack_id)
    except StaxError as error:
        return error


def _stack(site: Site, stack: Stack) -> Iterator[CheckItem]:
    ok = stack.status.endswith("_COMPLETE") and "ROLLBACK_FAILED" not in stack.status
    advice = "" if ok else site.aws.command("watch" if stack.in_progress else "repair", stack.name)
    verdict: Verdict = "ok" if ok else "note" if stack.in_progress else "fail"
    yield CheckItem(group="stack", subject="status", verdict=verdict, finding=stack.status, advice=advice)


def _by_aws(site: Site, stack: Stack, seen: cluster.ClusterView) -> Iterator[CheckItem]:
    command, now = site.aws.command, datetime.now(UTC)
    yield from checkup.of_checks("network", health.look(site.aws, stack), command("repair", stack.name))
    status = nat_status(site, stack.name)
    yield from checkup.of_nat(status, boots=seen.boots, advice=command("nat status", stack.name))
    gone = _lost(site, stack, seen)
    advice = _what_to_do(site, stack, seen, is_lost=bool(gone))
    yield from checkup.of_checks("clusters", cluster.findings(seen, now=now), advice)
    if gone:
        finding = f"most servers of {', '.join(gone)} are gone: nothing can be decided, services go on"
        yield CheckItem(group="clusters", subject="quorum", verdict="fail", finding=finding, advice=advice)
    if seen.report and seen.report.refused:
        yield CheckItem(group="clusters", subject="refused", verdict="note", finding=seen.report.refused)
    if seen.boots:
        found = backups(site.aws, site.bucket(stack.name))
        yield from checkup.of_backups(found, now, running_since=stack.created_at)


def _lost(site: Site, stack: Stack, seen: cluster.ClusterView) -> tuple[str, ...]:
    """The clusters whose majority does not run any more, which no host can mend."""
    if seen.report is None:
        return ()
    machines = ec2.machines(site.aws, stack.name)
    return cluster.lost(seen.report, {one.instance_id for one in machines if one.state == "running"})


def _what_to_do(site: Site, stack: Stack, seen: cluster.ClusterView, *, is_lost: bool) -> str:
    """Return the advice for a cluster that is not whole: what hosts mend themselves, and what they cannot."""
    if is_lost:
        return f"bring the clusters back from a survivor: {site.aws.command('recover', stack.name)}"
    if seen.report is None or datetime.now(UTC) - seen.report.at <= cluster.STALE_AFTER:
        return "the hosts mend it themselves; if it stays so for minutes: journalctl -u stax-node on them"
    return "nobody leads any more: journalctl -u stax-node on the docker hosts says why"


def _inside(
    site: Site, stack: Stack, request: CheckRequest, person_home: Path
) -> Generator[Event, None, list[CheckItem]]:
    machines = [one for one in ec2.machines(site.aws, stack.name) if one.state == "running"]
    try:
        agents = yield from _way(site, stack, request, person_home)
    except StaxError as error:
        item = CheckItem(group="machines", subject="ssh", verdict="fail", finding=error.message, advice=error.hint)
        return [item]
    answered: list[MachineFacts] = []
    items: list[CheckItem] = []
    for name, said in machine_facts(agents, [machine.name for machine in machines]):
        if isinstance(said, StaxError):
            advice = said.hint or site.aws.command("describe", stack.name)
            items.append(CheckItem(group=name, subject="ssh", verdict="fail", finding=said.message, advice=advice))
        else:
            answered.append(said)
            items += checkup.of_machine(said, datetime.now(UTC))
    hosts = [one.name for one in machines if one.role == "docker"]
    images = of_images(agents, hosts, f"{site.aws.command('push')} --name {stack.name}")
    return [*items, *checkup.of_versions(answered), *images]


def _way(site: Site, stack: Stack, request: CheckRequest, person_home: Path) -> Generator[Event, None, Agents]:
    """Make ready the way; only the jumpbox's host key is waited for, another that is missing is a finding."""
    key = private_key_of(site, stack, wish=request.ssh_key, person_home=person_home)
    return (yield from agents_of(site, stack, [], key=key, patience_s=WAY_IN_WITHIN_S))


def _drift(site: Site, stack: Stack, detection: str | StaxError) -> list[CheckItem]:
    if isinstance(detection, StaxError):
        return [CheckItem(group="drift", subject="stack", verdict="note", finding=detection.message)]
    stopwatch = site.stopwatch(DRIFT_WITHIN_S)
    while (status := drift.detection_status(site.aws, detection)) == drift.BUSY and not stopwatch.is_over:
        stopwatch.pause()
    if status == drift.BUSY:
        finding = f"CloudFormation is still looking after {DRIFT_WITHIN_S:.0f} s"
        return [CheckItem(group="drift", subject="stack", verdict="note", finding=finding)]
    advice = f"put it back by hand, or have CloudFormation do it: {site.aws.command('update', stack.name)}"
    return list(checkup.of_drift(drift.drifted(site.aws, stack.stack_id), advice))
