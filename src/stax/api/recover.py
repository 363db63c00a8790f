"""Bring the clusters back when too many servers are gone to decide anything: from one survivor.

`prepare` makes sure that the quorum is lost for good and picks the survivor, `recover` has it go on alone; the
other docker hosts join it again, and services go on with what it knows of them.
"""

from collections.abc import Generator, Sequence
from pathlib import Path

from stax.aws import ec2
from stax.aws.cluster_report import cluster_report
from stax.engine import cluster
from stax.engine.agents import agents_of
from stax.engine.private_key import private_key_of
from stax.engine.record import recorded
from stax.engine.selection import selected_stack
from stax.engine.site import Site
from stax.errors import StaxError, Unhealthy
from stax.events import Event, Finished, StaxNamed, StepDetail, StepStarted
from stax.model.cluster import CLUSTERS, SERVERS, ClusterReport
from stax.model.inventory import Machine
from stax.model.plan import RecoveryPlan
from stax.model.stack import Stack
from stax.remote.running import run_there

TIMEOUT_S = 1800.0
NOT_RECOVERED = "is not recovered"
"""What the survivor says of a cluster that it cannot bring back, with its reason."""
RECOVERED_WITHIN_S = 300.0
"""etcd, Swarm and consul are each restarted once on the survivor."""


def prepare(site: Site, name: str) -> Generator[Event, None, RecoveryPlan]:
    """Return what is lost and who survives.  Changes nothing.

    Raises StaxError while a majority of the servers runs: then the hosts mend themselves, and a recovery
    would make a second cluster beside the first.
    """
    stack = selected_stack(site.aws, name)
    yield StaxNamed(name=stack.name, region=site.aws.place)
    report = cluster_report(site.aws, stack.name)
    if report is None:
        message = f"the docker hosts of {stack.name} have never reported a cluster"
        raise StaxError(message, hint=f"there is nothing to recover; see {site.aws.command('check', stack.name)}")
    hosts = [one for one in ec2.machines(site.aws, stack.name) if one.role == "docker" and one.state == "running"]
    lost = cluster.lost(report, {host.instance_id for host in hosts})
    if not lost:
        message = f"no cluster of {stack.name} has lost the majority of its servers"
        hint = f"what else may be wrong: {site.aws.command('check', stack.name)}"
        raise StaxError(message, hint=f"the hosts replace the others themselves\n{hint}")
    survivor = _survivor(report, hosts)
    if survivor is None:
        message = f"no server of {stack.name}'s clusters runs any more, so nobody knows what they held"
        raise StaxError(message, hint=f"the last copies: {site.aws.command('backup list', stack.name)}")
    gone = _gone(report, hosts)
    return RecoveryPlan(
        name=stack.name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        lost=lost,
        survivor=survivor.name,
        survivor_id=survivor.instance_id,
        gone=gone,
    )


def recover(
    site: Site, plan: RecoveryPlan, *, ssh_key: Path | None, person_home: Path
) -> Generator[Event, None, Stack]:
    """Have the survivor go on alone, and wait until every docker host is in its clusters; return the stack.

    Safe to repeat.  Raises StaxError with the survivor's reason when it cannot, Unhealthy when the others do not
    join in time.
    """
    stopwatch = site.stopwatch(TIMEOUT_S)
    with recorded(site, "recover", plan.name), site.local.lock(plan.name, verb="recover"):
        stack = selected_stack(site.aws, plan.name)
        key = private_key_of(site, stack, wish=ssh_key, person_home=person_home)
        agents = yield from agents_of(site, stack, [plan.survivor], key=key)
        yield StepStarted(step=f"having {plan.survivor} go on alone")
        argv = agents.argv(plan.survivor, "node", "recover")
        done = run_there(argv, machine=plan.survivor, limit_s=RECOVERED_WITHIN_S)
        said = done.stderr.strip().splitlines()
        yield from (StepDetail(text=line) for line in said)
        if done.returncode != 0:
            raise Unhealthy(_unrecovered(plan.survivor, said), hint="run the same command again")
        yield from cluster.wait_until_whole(site.aws, stack, stopwatch)
        yield Finished(text=f"{plan.name} has its clusters again", elapsed_s=stopwatch.elapsed_s)
    return stack


def _unrecovered(survivor: str, said: Sequence[str]) -> str:
    reasons = [line for line in said if NOT_RECOVERED in line] or list(said[-1:]) or ["it says nothing"]
    return f"{survivor} could not recover everything: {'; '.join(reasons)}"


def _survivor(report: ClusterReport, hosts: Sequence[Machine]) -> Machine | None:
    """Return the running host that is a server in the most clusters, the leader of one before others."""
    running = {host.instance_id: host for host in hosts}
    ranked = sorted(
        (host for host in report.hosts if host.instance_id in running),
        key=lambda host: (
            -sum(host.part(name) in SERVERS[name] for name in CLUSTERS),
            -sum(host.part(name) == "leader" for name in CLUSTERS),
            host.instance_id,
        ),
    )
    if not ranked or not any(ranked[0].part(name) in SERVERS[name] for name in CLUSTERS):
        return None
    return running[ranked[0].instance_id]


def _gone(report: ClusterReport, hosts: Sequence[Machine]) -> tuple[str, ...]:
    running = {host.instance_id for host in hosts}
    servers = {one for name in CLUSTERS for one in cluster.servers(report, name)}
    return tuple(sorted(servers - running))
