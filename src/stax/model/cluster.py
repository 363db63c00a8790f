"""The docker hosts' clusters as they report themselves: etcd, Swarm and consul at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

CLUSTERS = ("etcd", "swarm", "consul")
"""Every docker host is in all three."""

SERVERS: Mapping[str, tuple[str, ...]] = {
    "etcd": ("leader", "voter"),
    "swarm": ("leader", "manager"),
    "consul": ("leader", "server"),
}
"""What the hosts are that have a vote, by cluster."""

AWAY = ("missing", "dead", "down", "failed", "")
"""What a host is that is not, or no longer, in a cluster."""


@dataclass(frozen=True, kw_only=True)
class ClusterHost:
    """A docker host, and what it is in each cluster: the words of `SERVERS`, `AWAY`, learner, client or worker."""

    instance_id: str
    private_ip: str
    zone: str
    etcd: str
    swarm: str
    consul: str

    def part(self, cluster: str) -> str:
        """Return what it is in one of `CLUSTERS`."""
        return str(getattr(self, cluster))


@dataclass(frozen=True, kw_only=True)
class Quorum:
    """How many of a cluster's voters are healthy."""

    healthy: int
    voters: int

    @property
    def is_kept(self) -> bool:
        """Whether a majority is there to decide."""
        return self.voters > 0 and self.healthy > self.voters // 2


@dataclass(frozen=True, kw_only=True)
class ClusterReport:
    """What the host that leads the Swarm has written, at most a minute apart."""

    at: datetime
    by: str
    """The instance id of the host that wrote it."""
    hosts: tuple[ClusterHost, ...]
    quorum: Mapping[str, Quorum]
    versions: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    """The step that was not taken because it would have lost a quorum, in words."""


def servers_for(hosts: int) -> int:
    """Return how many of so many docker hosts have a vote: an odd number, so that none is in vain."""
    if hosts < 3:
        return min(hosts, 1)
    return 3 if hosts < 9 else 5
