"""Whether the docker hosts' clusters are whole: etcd, Swarm and consul, by the report that they keep in SSM.

Pure, but for `wait_until_whole` and `look`, which ask AWS.
"""

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from stax.aws import ec2
from stax.aws.cluster_report import cluster_report
from stax.aws.session import Aws
from stax.engine.clock import Stopwatch
from stax.errors import Unhealthy
from stax.events import Checked, Event, StepDetail, StepStarted
from stax.model.cluster import AWAY, CLUSTERS, SERVERS, ClusterReport, Quorum, servers_for
from stax.model.stack import Stack

PATIENCE_S = 600.0
"""From hosts that run to clusters that are formed: a first boot, an image of consul, and some seconds each to join."""

STALE_AFTER = timedelta(seconds=180)
"""The hosts report once a minute at least: so old a report says that there is nobody left to write one."""

IN_SERVICE = "InService"


@dataclass(frozen=True, kw_only=True)
class ClusterView:
    """What the group has and what the hosts report, at one moment."""

    wanted: int
    """How many docker hosts the group is to have."""
    present: frozenset[str]
    """The instance ids of those in service."""
    coming_or_going: frozenset[str]
    """Those on their way in or out."""
    boots: bool
    """False where nothing boots behind an instance, as EC2's own status checks tell: no cluster can form."""
    report: ClusterReport | None


def view(aws: Aws, stack: Stack) -> ClusterView:
    """Ask the group, EC2 and the report."""
    group = _group(aws, stack)
    members = {one["InstanceId"]: str(one["LifecycleState"]) for one in group.get("Instances", ())}
    present = frozenset(instance_id for instance_id, state in members.items() if state == IN_SERVICE)
    boots = ec2.may_boot(aws, sorted(present))
    return ClusterView(
        wanted=int(group.get("DesiredCapacity", 0)),
        present=present,
        coming_or_going=frozenset(members) - present,
        boots=boots,
        report=cluster_report(aws, stack.name) if boots else None,
    )


def _group(aws: Aws, stack: Stack) -> dict[str, Any]:
    names = [stack.outputs.get("DockerGroupName", "")]
    groups = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=names)["AutoScalingGroups"]
    return dict(groups[0]) if groups else {}


def look(aws: Aws, stack: Stack) -> list[Checked]:
    """Return how each cluster stands now."""
    return findings(view(aws, stack), now=datetime.now(UTC))


def wait_until_whole(aws: Aws, stack: Stack, stopwatch: Stopwatch) -> Generator[Event, None, None]:
    """Look until every host is in all three clusters and each has its quorum, telling what changes.

    Raises Unhealthy when that has not come about when the stopwatch's time, or `PATIENCE_S`, is up.
    """
    yield StepStarted(step="waiting for the docker hosts to form their clusters")
    patience, told = Stopwatch(stopwatch.clock, PATIENCE_S), ""
    while True:
        found = findings(view(aws, stack), now=datetime.now(UTC))
        if all(one.ok for one in found) or stopwatch.is_over or patience.is_over:
            break
        line = "; ".join(f"{one.subject} {one.finding}" for one in found if not one.ok)
        if line != told:
            yield StepDetail(text=line)
            told = line
        patience.pause(longest_s=2.0)
    yield from found
    sick = [one for one in found if not one.ok]
    if sick:
        message = f"{stack.name} is there, but its docker hosts are not whole: {sick[0].subject} {sick[0].finding}"
        raise Unhealthy(message, hint=sick[0].hint or aws.command("check", stack.name))


def findings(seen: ClusterView, *, now: datetime) -> list[Checked]:
    """Return how each cluster stands, one line each."""
    if not seen.boots:
        finding = "not looked at, no machine boots behind the instances of this region"
        return [Checked(subject="clusters", ok=True, finding=finding)]
    if seen.report is None:
        return [Checked(subject=name, ok=False, finding="the docker hosts report nothing yet") for name in CLUSTERS]
    return [*_unsettled(seen), *(_finding(name, seen, seen.report, now) for name in CLUSTERS)]


def _unsettled(seen: ClusterView) -> list[Checked]:
    """The group, as long as it has other hosts than it is to have."""
    if len(seen.present) == seen.wanted and not seen.coming_or_going:
        return []
    on_the_way = f", {len(seen.coming_or_going)} on their way in or out" if seen.coming_or_going else ""
    finding = f"{len(seen.present)} of {seen.wanted} in service{on_the_way}"
    return [Checked(subject="docker hosts", ok=False, finding=finding)]


def _finding(cluster: str, seen: ClusterView, report: ClusterReport, now: datetime) -> Checked:
    quorum = report.quorum.get(cluster, Quorum(healthy=0, voters=0))
    members = {host.instance_id for host in report.hosts if host.part(cluster) not in AWAY}
    expected = servers_for(max(seen.wanted, len(seen.present)))
    inside = len(members & seen.present)
    faults = [
        *_faults_of_quorum(quorum, expected),
        *([] if seen.present <= members else [f"{inside} of {len(seen.present)} hosts"]),
        *_ghosts(cluster, seen, report),
    ]
    if now - report.at > STALE_AFTER:
        faults = [f"nobody has reported for {(now - report.at).total_seconds():.0f} s", *faults]
    if faults:
        return Checked(subject=cluster, ok=False, finding=", ".join(faults), hint=report.refused)
    servers = "1 server, so it does not survive the loss of its host" if expected == 1 else f"{expected} servers"
    return Checked(subject=cluster, ok=True, finding=f"{servers}, {_hosts(inside)}")


def _faults_of_quorum(quorum: Quorum, expected: int) -> list[str]:
    if not quorum.is_kept:
        return [f"no quorum ({quorum.healthy} of {quorum.voters} servers)"]
    if (quorum.healthy, quorum.voters) == (expected, expected):
        return []
    if quorum.voters > expected:
        return [f"{quorum.voters} servers instead of {expected}"]
    return [f"{quorum.healthy} of {expected} servers"]


def _ghosts(cluster: str, seen: ClusterView, report: ClusterReport) -> list[str]:
    """Hosts that are gone and still count as members."""
    there = seen.present | seen.coming_or_going
    ghosts = [host for host in report.hosts if host.instance_id not in there and host.part(cluster) != "missing"]
    return [f"still has {host.instance_id}, which is gone" for host in ghosts]


def _hosts(count: int) -> str:
    return "1 host" if count == 1 else f"all {count} hosts"


def lost(report: ClusterReport, running: Collection[str]) -> tuple[str, ...]:
    """Return the clusters of whose servers, as last reported, no majority is among these hosts."""
    return tuple(name for name in CLUSTERS if _is_lost(servers(report, name), running))


def _is_lost(servers: Sequence[str], running: Collection[str]) -> bool:
    return bool(servers) and len([one for one in servers if one in running]) <= len(servers) // 2


def servers(report: ClusterReport, cluster: str) -> Sequence[str]:
    """Return the instance ids of a cluster's servers, its leader first."""
    kinds = SERVERS[cluster]
    ranked = [host for host in report.hosts if host.part(cluster) in kinds]
    ranked.sort(key=lambda host: kinds.index(host.part(cluster)))
    return [host.instance_id for host in ranked]
