"""The Swarm after most of its managers died for good: one manager again, with the services and workers it knows.

Never while another manager may come back: it would go on with the old Swarm beside the new one.
"""

import time
from collections.abc import Callable

from stax_agent.node.cluster import Refused
from stax_agent.node.docker_api import Docker
from stax_agent.node.hosts import Group
from stax_agent.node.swarm import MANAGER_PORT
from stax_agent.setback import Setback

STARTS_WITHIN_S = 60.0


class SwarmRecovery:
    """On the survivor, with the agent stopped."""

    def __init__(
        self,
        docker: Docker,
        address: str,
        others: Callable[[Group], list[str]],
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._docker, self._address, self._others = docker, address, others
        self._sleep, self._now = sleep, now

    def recover(self, group: Group) -> str:
        """Go on as the only manager and return what was done; raises Refused where that would be wrong."""
        if not self._docker.get("/info")["Swarm"].get("ControlAvailable"):
            raise Refused("this host is no manager, and has nothing to recover the Swarm from")
        if self._decides():
            return "it decides again, or never stopped to: nothing to recover"
        if others := self._others(group):
            names = ", ".join(others)
            raise Refused(f"other managers still exist: {names}; bring them back, or terminate them first")
        body = {
            "ForceNewCluster": True,
            "ListenAddr": f"{self._address}:{MANAGER_PORT}",
            "AdvertiseAddr": self._address,
            "DataPathAddr": self._address,
        }
        self._docker.post("/swarm/init", body, timeout_s=STARTS_WITHIN_S)
        self._wait_until_it_decides()
        return "this host is its only manager, with all services; others become managers by themselves"

    def _decides(self) -> bool:
        try:
            self._docker.get("/nodes")
        except Setback:
            return False
        return True

    def _wait_until_it_decides(self) -> None:
        until = self._now() + STARTS_WITHIN_S
        while not self._decides():
            if self._now() > until:
                raise Setback(f"the Swarm does not come up within {STARTS_WITHIN_S:.0f} s: journalctl -u docker")
            self._sleep(0.2)
