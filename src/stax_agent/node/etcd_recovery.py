"""etcd after most of its members died for good: a new cluster from what one survivor holds.

Never while another member may come back: it would not know of the new cluster, and two would go on side by side.
"""

import time
from collections.abc import Callable

from stax_agent.node.cluster import Refused
from stax_agent.node.etcd_api import EtcdApi
from stax_agent.node.etcd_service import EtcdService
from stax_agent.node.hosts import Group
from stax_agent.setback import Setback

STARTS_WITHIN_S = 60.0


class EtcdRecovery:
    """On the survivor, with the agent stopped."""

    def __init__(
        self,
        api: EtcdApi,
        service: EtcdService,
        instance_id: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._service, self._instance_id = api, service, instance_id
        self._sleep, self._now = sleep, now

    def recover(self, group: Group) -> str:
        """Make the new cluster and return what was done; raises Refused where that would be wrong."""
        if not self._service.has_data:
            raise Refused("this host was no member of etcd, and has nothing to recover it from")
        if not self._service.serves():
            self._service.resume()
        if self._leads():
            return "etcd decides again, or never stopped to: nothing to recover"
        if self._rivals(group):
            names = ", ".join(sorted(self._rivals(group)))
            raise Refused(f"other members of etcd still exist: {names}; bring them back, or terminate them first")
        self._service.start_over()
        self._wait_until_it_leads()
        # The word that forces a new cluster must not lie about for the next start.
        self._service.stop()
        self._service.resume()
        self._wait_until_it_leads()
        return "etcd is a cluster of this one member, with all that was in it"

    def _rivals(self, group: Group) -> set[str]:
        try:
            names = {member.name for member in self._api.members() if not member.is_learner}
        except Setback as setback:
            raise Refused(f"who else is a member cannot be told: {setback}") from setback
        return {each for each in names - {self._instance_id} if (host := group.host(each)) and not host.is_leaving}

    def _leads(self) -> bool:
        try:
            return self._api.status().leader_id != "0"
        except Setback:
            return False

    def _wait_until_it_leads(self) -> None:
        until = self._now() + STARTS_WITHIN_S
        while not self._leads():
            if self._now() > until:
                raise Setback(f"etcd does not come up within {STARTS_WITHIN_S:.0f} s: journalctl -u stax-etcd")
            self._sleep(0.2)
