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
from stax_agent.node.hosts import HELD, Group
from stax_agent.node.site import Site
from stax_agent.setback import Setback

HOOK = "leaving"
"""The template's."""
GONE_WITHIN_S = 240.0
"""The hook gives 300 s; whoever has not managed by now only delays the others."""
TOLD_PATH = "autoscaling/target-lifecycle-state"
TOLD = "Terminated"
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
    ) -> None:
        self._site, self._farewell = site, farewell
        self._now = now
        self._told_at: float | None = None
        self._is_done = False
        self._spoken_for: set[str] = set()

    def turn(self, census: Census, board: Board) -> str | None:
        """Look whether this host is to go, do what there is to do, and return the sentence that says so."""
        if self._is_told():
            return self._go(census.group(no_older_than_s=FRESH_S))
        if board.views.get("swarm", View()).is_leader:
            return self._speak_for_the_dead(census.group(no_older_than_s=FRESH_S * 5), board.views)
        return None

    def _is_told(self) -> bool:
        if self._told_at is not None:
            return True
        try:
            is_told = self._site.imds.get(TOLD_PATH) == TOLD
        except Setback:
            return False  # no group, or no answer; the next turn asks again
        if is_told:
            self._told_at = self._now()
        return is_told

    def _go(self, group: Group) -> str | None:
        own = group.host(self._site.instance_id)
        if self._is_done or own is None or self._told_at is None:
            return None
        is_late = self._now() - self._told_at > GONE_WITHIN_S
        # Until the others see it too, they would let it in again.
        held_by = holds_it(self._farewell, group) if own.is_leaving else "Auto Scaling to tell the others"
        if held_by and not is_late:
            return f"Auto Scaling takes this host out; it waits for {held_by}"
        left_behind = [f"without waiting any longer for {held_by}"] if held_by else []
        left_behind += self._leave()
        self._complete(own.instance_id)
        self._is_done = True
        return ", ".join(["this host has left", *left_behind]) + "; Auto Scaling may end it"

    def _leave(self) -> list[str]:
        """Leave what can be left, and return what could not."""
        failed = []
        for leave in (self._farewell.leave_swarm, self._farewell.leave_consul):
            try:
                leave()
            except Setback as setback:
                failed.append(str(setback))
        return failed

    def _speak_for_the_dead(self, group: Group, views: Mapping[str, View]) -> str | None:
        waiting = [host.instance_id for host in group.hosts if host.lifecycle_state == HELD]
        for instance_id in (*group.held, *waiting):
            if is_unknown(instance_id, views) and instance_id not in self._spoken_for:
                self._complete(instance_id)
                self._spoken_for.add(instance_id)
                return f"{instance_id} is in no cluster any more, Auto Scaling may end it"
        return None

    def _complete(self, instance_id: str) -> None:
        asked = {
            "AutoScalingGroupName": f"{self._site.stax_name}-docker",
            "LifecycleHookName": HOOK,
            "InstanceId": instance_id,
            "LifecycleActionResult": "CONTINUE",
        }
        try:
            self._site.aws.autoscaling("CompleteLifecycleAction", asked)
        except Setback as setback:
            # Completed already, or a stax without the hook: nothing waits for this host.
            if setback.code != "ValidationError":
                raise


def is_unknown(instance_id: str, views: Mapping[str, View]) -> bool:
    """Whether all three clusters are seen, and none knows the host."""
    return all(name in views and instance_id not in views[name].states for name in CLUSTERS)
