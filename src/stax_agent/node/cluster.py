"""What Swarm, etcd and consul have in common for the agent: each is looked at, and taken one step further."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from stax_agent.node.hosts import Group


@dataclass(frozen=True, kw_only=True)
class View:
    """A cluster as seen from this host, now."""

    states: Mapping[str, str] = field(default_factory=dict)
    """By instance id the word of the report: leader, voter, worker, client, missing and so on."""
    healthy: int = 0
    """How many of the voters answer."""
    voters: int = 0
    is_leader: bool = False
    """Whether this host is the one that changes who is a member."""
    versions: frozenset[str] = frozenset()
    """Of the program, wherever it tells; more than one while hosts differ."""

    @property
    def has_quorum(self) -> bool:
        """Whether the cluster can decide anything."""
        return self.voters > 0 and self.healthy >= self.voters // 2 + 1


V = TypeVar("V", bound=View)


class Cluster(Protocol[V]):
    """One of the three; its own thread calls it.  Every call is bounded."""

    name: str

    def observe(self, group: Group) -> V:
        """Look, change nothing; raises Setback when there is nothing to be seen."""

    def step(self, view: V, group: Group) -> str | None:
        """Do at most one thing and return the sentence that says so, None when all is as it should be.

        Raises Setback when it did not work, Refused for a step that would cost the quorum.
        """


class Refused(Exception):  # noqa: N818 - not an error: a step that is not taken, and why
    """What is not done because the cluster could not decide anything afterwards."""
