"""A host that Auto Scaling tells to go hands over first: its tasks, its votes, its memberships.  Then it says so.

The cluster's leaders see it too: Swarm's drains it and takes its vote, etcd's removes it.  The host waits for that,
leaves, and completes the lifecycle action; whatever hangs, it does so in time.  For one that is dead and cannot, the
Swarm's leader completes it, once no cluster knows the host any more.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stax_agent.node.agent import Board, Census
from stax_agent.node.cluster import View
from stax_agent.node.hosts import Group, Host
from stax_agent.node.site import Site
from stax_agent.setback import Setback, say

HOOK = "leaving"
"""The template's."""
GONE_WITHIN_S = 240.0
"""The hook gives 300 s; whoever has not managed by now only delays the others."""
TOLD_PATH = "autoscaling/target-lifecycle-state"
TOLD = "Terminated"
WAITING = "Terminating:Wait"
TOLD_EVERY_S = 2.0
"""Between two looks at the metadata service, which is this host's own and costs nothing."""
FRESH_S = 2.0
CLUSTERS = ("etcd", "swarm", "consul")


@dataclass(frozen=True, kw_only=True)
class Farewell:
    """What a host does to leave a cluster, each safe to repeat."""

    has_tasks: Callable[[], bool]
    """Whether tasks of the Swarm run here."""
    is_manager: Callable[[], bool]
    leave_swarm: Callable[[], None]
    is_etcd_member: Callable[[], bool]
    leave_consul: Callable[[], None]


def holds_it(farewell: Farewell, group: Group) -> str:
    """Return what a host that is to go still waits for; empty when nothing."""
    if not group.staying:
        return ""  # nobody is left to hand anything to
    if farewell.has_tasks():
        return "its tasks to run elsewhere"
    if farewell.is_manager():
        return "Swarm to take its vote"
    if farewell.is_etcd_member():
        return "etcd to remove it"
    return ""


class Leaving:
    """One host's departure, and as the Swarm's leader that of the dead."""

    def __init__(
        self,
        site: Site,
        farewell: Farewell,
        *,
        now: Callable[[], float] = time.monotonic,
        say: Callable[[str], None] = say,
    ) -> None:
        self._site, self._farewell = site, farewell
        self._now, self._say = now, say
        self._told_at: float | None = None
        self._said = ""
        self._is_done = False

    def turn(self, census: Census, board: Board) -> None:
        """Look whether this host is to go, and do what there is to do; what does not work is said once."""
        try:
            if self._is_told():
                self._go(census.group(no_older_than_s=FRESH_S))
            elif board.views.get("swarm", View()).is_leader:
                self._speak_for_the_dead(census.group(no_older_than_s=FRESH_S * 5), board.views)
        except Setback as setback:
            self._tell(f"leaving: not yet: {setback}")

    def _is_told(self) -> bool:
        if self._told_at is not None:
            return True
        try:
            is_told = self._site.imds.get(TOLD_PATH) == TOLD
        except Setback:
            return False  # no group, or no answer; the next turn asks again
        if is_told:
            self._told_at = self._now()
            self._tell("leaving: Auto Scaling takes this host out")
        return is_told

    def _go(self, group: Group) -> None:
        own = group.host(self._site.instance_id)
        if self._is_done or own is None or self._told_at is None:
            return
        is_late = self._now() - self._told_at > GONE_WITHIN_S
        # Until the others see it too, they would let it in again.
        held_by = holds_it(self._farewell, group) if own.is_leaving else "Auto Scaling to tell the others"
        if held_by and not is_late:
            self._tell(f"leaving: waits for {held_by}")
            return
        if held_by:
            self._tell(f"leaving: goes without waiting any longer for {held_by}")
        self._leave()
        self._complete(own)
        self._is_done = True
        self._tell("leaving: this host has left, Auto Scaling may end it")

    def _leave(self) -> None:
        for leave in (self._farewell.leave_swarm, self._farewell.leave_consul):
            try:
                leave()
            except Setback as setback:
                self._tell(f"leaving: {setback}")

    def _speak_for_the_dead(self, group: Group, views: Mapping[str, View]) -> None:
        for host in group.hosts:
            if host.lifecycle_state == WAITING and is_unknown(host, views):
                self._complete(host)
                self._tell(f"leaving: {host.instance_id} is in no cluster any more, Auto Scaling may end it")

    def _complete(self, host: Host) -> None:
        asked = {
            "AutoScalingGroupName": f"{self._site.stax_name}-docker",
            "LifecycleHookName": HOOK,
            "InstanceId": host.instance_id,
            "LifecycleActionResult": "CONTINUE",
        }
        try:
            self._site.aws.autoscaling("CompleteLifecycleAction", asked)
        except Setback as setback:
            # Completed already, or a stax without the hook: nothing waits for this host.
            if setback.code != "ValidationError":
                raise

    def _tell(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._say(line)


def is_unknown(host: Host, views: Mapping[str, View]) -> bool:
    """Whether all three clusters are seen, and none knows the host."""
    return all(name in views and host.instance_id not in views[name].states for name in CLUSTERS)
