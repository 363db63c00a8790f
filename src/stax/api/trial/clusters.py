"""The docker hosts' clusters, by AWS's word and by their own programs'."""

from stax.api.trial.walk import Story, Walk, equal
from stax.engine import cluster
from stax.model.cluster import servers_for


def quorums(walk: Walk) -> Story:
    """See every docker host in all three clusters, each with its quorum."""
    yield from cluster.wait_until_whole(walk.site.aws, walk.stack, walk.site.stopwatch(cluster.PATIENCE_S))


def programs(walk: Walk) -> Story:
    """Ask the words of the guide: fleetctl, docker, etcdctl, consul."""
    host = walk.machines("docker")[0].name
    inside = yield from walk.way([host])
    servers = servers_for(walk.size)
    machines = inside.says(host, "fleetctl", "list-machines", "--no-legend").splitlines()
    yield equal("fleetctl list-machines", walk.size, len(machines))
    nodes = inside.says(host, "docker", "node", "ls", "--format", "{{.Status}}").split()
    yield equal("docker node ls", ["Ready"] * walk.size, nodes)
    members = inside.says(host, "etcdctl", "member", "list")
    yield equal("etcdctl member list", servers, members.count("started"))
    agents = inside.says(host, "consul", "members")
    yield equal("consul members", walk.size, agents.count("alive"))
