"""What dies in the night: a NAT box while connections run through it, and a docker host."""

from collections.abc import Generator
from datetime import UTC, datetime

from stax.api import drill_nat
from stax.api.trial.network import carried
from stax.api.trial.walk import Story, Walk, checked, equal
from stax.engine import cluster
from stax.errors import Unhealthy
from stax.events import Event
from stax.model.cluster import CLUSTERS
from stax.model.drill import DrillPlan, DrillResult
from stax.model.inventory import Machine

FIT_WITHIN_S = 120.0
REPLACED_WITHIN_S = 900.0
"""A machine of AWS's is noticed to be gone, another one boots, and joins three clusters."""


def nat_box(walk: Walk) -> Story:
    """Cut the power of a NAT box under traffic, see the other carry it, and the box come back."""
    request = drill_nat.DrillRequest(name=walk.name, waits_for_return=True, ssh_key=walk.request.ssh_key)
    plan = yield from _fit(walk, request)
    result = yield from drill_nat.drill(walk.site, request, plan, person_home=walk.person_home)
    yield from _what_it_cost(walk, result)
    yield from carried(walk)


def _fit(walk: Walk, request: drill_nat.DrillRequest) -> Generator[Event, None, DrillPlan]:
    """Wait until the pair is fit to be broken: on a busy machine it may just have missed a few heartbeats."""
    patience = walk.site.stopwatch(FIT_WITHIN_S)
    while True:
        yield from carried(walk)
        try:
            return drill_nat.prepare(walk.site, request)
        except Unhealthy:
            if patience.is_over:
                raise


def _what_it_cost(walk: Walk, result: DrillResult) -> Story:
    yield equal(f"private subnet {result.plan.zone} was carried by", result.plan.peer, result.carried_by)
    walk.measured["outage of new connections"] = result.cost.outage_s
    yield checked("new connections", ok=result.cost.begun > 0, finding=f"outage {result.cost.outage_s:.2f} s")
    for kind, flows in result.cost.flows.items():
        why = f" ({'; '.join(flows.why)})" if flows.why else ""
        yield checked(f"open connections, {kind}", ok=not flows.broken, finding=f"{flows.broken} broken{why}")


def docker_host(walk: Walk) -> Story:
    """Terminate a docker host, see another take its place, and the clusters whole again."""
    lost = walk.machines("docker")[-1]
    if walk.size < 3:
        message = "ClusterSize is below 3: the clusters of so few do not survive the loss of a host"
        raise Unhealthy(message, hint="let ClusterSize be 3 for this step")
    walk.site.aws.call("ec2", "TerminateInstances", InstanceIds=[lost.instance_id])
    wanted = f"another host has taken {lost.name}'s place in all three clusters"
    took_s = walk.until(lambda: _is_replaced(walk, lost), wanted, within_s=REPLACED_WITHIN_S)
    walk.measured["until the clusters were whole again"] = took_s
    walk.forget_ways()
    yield from (one for one in cluster.look(walk.site.aws, walk.stack) if one.subject in CLUSTERS)


def _is_replaced(walk: Walk, lost: Machine) -> bool:
    """Look at the clusters alone: the group keeps a place for the dead one until its lifecycle hook runs out."""
    seen = cluster.view(walk.site.aws, walk.stack)
    if lost.instance_id in seen.present or len(seen.present) != walk.size:
        return False
    stand = cluster.findings(seen, now=datetime.now(UTC))
    return all(one.ok for one in stand if one.subject in CLUSTERS)
