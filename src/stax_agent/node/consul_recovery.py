"""consul after most of its servers died for good: one server again, with all that is in it.

Never while another server may come back: it would go on with the old cluster beside the new one.
"""

import time
from collections.abc import Callable

from stax_agent.node.cluster import Refused
from stax_agent.node.consul_api import ConsulApi
from stax_agent.node.consul_service import ConsulService
from stax_agent.node.hosts import Group
from stax_agent.setback import Setback

STARTS_WITHIN_S = 60.0


class ConsulRecovery:
    """On the survivor, with the agent stopped."""

    def __init__(
        self,
        api: ConsulApi,
        service: ConsulService,
        others: Callable[[Group], list[str]],
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._service, self._others = api, service, others
        self._sleep, self._now = sleep, now

    def recover(self, group: Group) -> str:
        """Go on as the only server and return what was done; raises Refused where that would be wrong."""
        if not self._service.is_server:
            raise Refused("this host is no server of consul, and has nothing to recover it from")
        if self._has_leader():
            return "it decides again, or never stopped to: nothing to recover"
        if others := self._others(group):
            names = ", ".join(others)
            raise Refused(f"other servers still exist: {names}; bring them back, or terminate them first")
        self._service.go_on_alone()
        until = self._now() + STARTS_WITHIN_S
        while not self._has_leader():
            if self._now() > until:
                raise Setback(f"consul does not come up within {STARTS_WITHIN_S:.0f} s: journalctl -u stax-consul")
            self._sleep(0.2)
        return "this host is its only server, with all that was in it; others become servers by themselves"

    def _has_leader(self) -> bool:
        try:
            return bool(self._api.leader())
        except Setback:
            return False
