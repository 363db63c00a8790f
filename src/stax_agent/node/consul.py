"""consul: every docker host has an agent, some of them are servers; each host changes nothing but its own part.

Gossip finds the others and notices who is gone; consul's own autopilot gives and takes votes.  What is left to do is
to say who is a server, one host at a time, and to forget whoever's host does not exist any more: the leader's part.
"""

import base64
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stax_agent.node.cluster import Refused, View
from stax_agent.node.consul_access import Access
from stax_agent.node.consul_api import ConsulApi, ConsulMember
from stax_agent.node.consul_roles import BecomeClient, BecomeServer, Wait, by_host, ghosts, own_role, word
from stax_agent.node.consul_service import ConsulService
from stax_agent.node.founding import Founding
from stax_agent.node.hosts import Group
from stax_agent.node.site import Site
from stax_agent.setback import Setback

GOSSIP_KEY = "gossip"
KEY_BYTES = 32
ELECTED_WITHIN_S = 20.0
"""Servers that have their quorum elect a leader in a few seconds, also after a reboot of all."""
ALONE_TOO_LONG_S = 30.0
WITHDRAWN_EVERY_S = 60.0


@dataclass(frozen=True, kw_only=True)
class ConsulView(View):
    """consul as this host's agent has it."""

    answers: bool = False
    members: Mapping[str, ConsulMember] = field(default_factory=dict)
    """By instance id."""
    leader: str = ""
    """The leader's address."""
    votes: frozenset[str] = frozenset()
    """The instance ids of the servers; empty while nobody leads."""


class Consul:
    """This host's part in consul."""

    name = "consul"

    def __init__(
        self,
        site: Site,
        service: ConsulService,
        founding: Founding,
        api: ConsulApi | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site, self._service, self._founding = site, service, founding
        self._api = api or ConsulApi()
        self._access = Access(site, service, self._api)
        self._now = now
        self._alone_since: float | None = None
        self._withdraw_at = 0.0

    def observe(self, group: Group) -> ConsulView:
        """Ask this host's agent; one that does not run yet is an empty view."""
        if not self._service.is_set_up or not self._service.runs():
            return ConsulView()
        members = by_host(self._access.api().members(), group)
        leader = self._leader()
        addresses = set(self._api.servers()) if leader else set()
        votes = frozenset(each for each, member in members.items() if member.address in addresses)
        return ConsulView(
            states={each: word(member, leader) for each, member in members.items()},
            healthy=sum(members[each].status == "alive" for each in votes),
            voters=len(addresses) if leader else sum(member.is_server for member in members.values()),
            is_leader=leader == self._site.private_ip,
            versions=frozenset(member.version for member in members.values()),
            answers=True,
            members=members,
            leader=leader,
            votes=votes,
        )

    def step(self, view: ConsulView, group: Group) -> str | None:
        """Start, become what this host is to be; as the leader, forget who is gone."""
        own = group.host(self._site.instance_id)
        if own and own.is_leaving:
            return None
        if not view.answers:
            return self._start(group)
        if not view.leader:
            return self._without_leader(view, group)
        self._alone_since = None
        done = self._access.step_as_leader() if view.is_leader else None
        done = done or self._access.step_as_host() or self._renew(view) or self._change_role(view, group)
        return done or (self._tidy(view, group) if view.is_leader else None)

    def _leader(self) -> str:
        try:
            return self._api.leader()
        except Setback as setback:
            if setback.code == "NoAnswer":
                raise
            return ""

    def _start(self, group: Group) -> str | None:
        if self._service.is_set_up:
            self._service.start()
            return "started"
        if self._founding.is_mine(group):
            return self._found(group)
        self._become(group, is_server=False)
        return "joins as a client"

    def _found(self, group: Group) -> str:
        self._access.start_anew()
        self._become(group, is_server=True, founds=True)
        return "founded by this host"

    def _become(self, group: Group, *, is_server: bool, founds: bool = False) -> None:
        key = self._site.store.get(GOSSIP_KEY) or self._site.store.claim(GOSSIP_KEY, _new_key(), is_secret=True)
        self._service.become(gossip_key=key, others=self._others(group), is_server=is_server, founds=founds)

    def _others(self, group: Group) -> list[str]:
        hosts = [host for host in group.staying if host.instance_id != self._site.instance_id]
        return [host.private_ip for host in hosts]

    def _without_leader(self, view: ConsulView, group: Group) -> str | None:
        """Wait for one; found the cluster if nobody else can; look for the others where they are now."""
        if self._alone_since is None:
            self._alone_since = self._now()
        alone_s = self._now() - self._alone_since
        has_servers = any(member.is_server and member.status == "alive" for member in view.members.values())
        if self._service.is_server and view.voters > 1 and alone_s > ELECTED_WITHIN_S:
            raise Refused(f"its quorum is lost, {view.healthy} of {view.voters} servers answer")
        if has_servers:
            return None
        if self._founding.is_mine(group):
            return self._found(group)
        others = self._others(group)
        if alone_s > ALONE_TOO_LONG_S and set(others) != set(self._service.joined_by):
            self._become(group, is_server=self._service.is_server)
            self._alone_since = None
            return "looks for the others where they are now"
        return None

    def _renew(self, view: ConsulView) -> str | None:
        """Take a renewed certificate into use: a server only while all others answer."""
        if not self._service.has_old_certificate or view.healthy < view.voters:
            return None
        self._service.start_again()
        return "started anew, with its renewed certificate"

    def _change_role(self, view: ConsulView, group: Group) -> str | None:
        if not self._access.is_set_up:
            return None  # the first token comes first: it tells that the founding is over
        if self._service.is_founder:
            self._service.settle()
        match own_role(self._site.instance_id, view.members, view.votes, group):
            case BecomeServer():
                self._founding.remember({*view.votes, self._site.instance_id})
                self._become(group, is_server=True)
                return "this host becomes a server"
            case BecomeClient():
                self._access.api().leave()
                self._become(group, is_server=False)
                return "this host is a server no more"
            case Wait(because):
                raise Refused(because)
            case None:
                return None

    def _tidy(self, view: ConsulView, group: Group) -> str | None:
        ghost = next(ghosts(view.members, group), None)
        if ghost:
            if ghost.is_server and ghost.address in self._api.servers():
                self._access.api().remove_server(ghost.address)
            self._access.api().forget(ghost.name)
            return f"{ghost.name} is gone and forgotten"
        if self._now() < self._withdraw_at:
            return None
        self._withdraw_at = self._now() + WITHDRAWN_EVERY_S
        return self._access.withdraw({host.instance_id for host in group.hosts})


def _new_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii")
