"""The Swarm after most of its managers died for good: one manager again, with the services and workers it knows.

Never while another manager may come back: it would go on with the old Swarm beside the new one.
"""

import time
from collections.abc import Callable
from typing import Any

from stax_agent.node.cluster import Refused
from stax_agent.node.docker_api import MANAGER_PORT, Docker
from stax_agent.node.hosts import Group
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
        if not self._standing().get("ControlAvailable"):
            raise Refused("this host is no manager, and has nothing to recover the Swarm from")
        if self._decides():
            return "it decides again, or never stopped to: nothing to recover"
        if others := self._others(group):
            names = ", ".join(others)
            raise Refused(f"other managers still exist: {names}; bring them back, or terminate them first")
        self.go_on_alone()
        return "this host is its only manager, with all services; others become managers by themselves"

    def go_on_alone(self) -> None:
        """Have the engine go on with what it holds, as the only manager."""
        body = {
            "ForceNewCluster": True,
            "ListenAddr": f"{self._address}:{MANAGER_PORT}",
            "AdvertiseAddr": self._address,
            "DataPathAddr": self._address,
        }
        self._docker.post("/swarm/init", body, timeout_s=STARTS_WITHIN_S)
        self._wait_until_it_decides()

    def _standing(self) -> dict[str, Any]:
        """What the engine says of itself: for some seconds nothing, when its quorum has just been lost."""
        until = self._now() + STARTS_WITHIN_S
        while True:
            try:
                swarm: dict[str, Any] = self._docker.get("/info")["Swarm"]
            except Setback:
                if self._now() > until:
                    raise
                self._sleep(1.0)
            else:
                return swarm

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
