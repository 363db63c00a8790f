"""Keeps consul's entries for this host's services as Docker says: registered, with their health, and gone again."""

import time
from collections.abc import Callable
from urllib.parse import quote

from stax_agent.node.consul_access import Access
from stax_agent.node.consul_api import ConsulApi
from stax_agent.node.docker_api import Docker
from stax_agent.node.services import META, TASK_LABEL, Entry, Register, changes, entries
from stax_agent.setback import Setback

LOOKED_AT_EVERY_S = 2.0
TTL_S = 30
"""An entry that nobody vouches for so long is not given out any more: this agent, or Docker, does not answer."""
TOLD_EVERY_S = TTL_S / 3
FORGOTTEN_AFTER = "10m"
"""Consul removes by itself what has not been vouched for so long."""


class ServiceRegistry:
    """This host's entries, and what consul was told of each last."""

    def __init__(
        self, address: str, docker: Docker, access: Callable[[], Access], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._address, self._docker, self._now = address, docker, now
        self._new_access, self._access = access, access()
        self._told: dict[str, tuple[bool, str, float]] = {}

    def turn(self) -> str | None:
        """Look once and put right what differs; return what was done, in words.  Raises Setback."""
        try:
            return self._put_right()
        except Setback as setback:
            if setback.code == "403":
                self._access = self._new_access()  # consul was founded anew, and knows the token no more
            raise

    def _put_right(self) -> str | None:
        api = self._access.api()
        if not self._access.is_set_up:
            return None  # consul itself comes first
        wanted = list(entries(self._docker.get("/containers/json", {"label": [TASK_LABEL]})))
        done = []
        for change in changes(wanted, api.get("agent/services") or {}, self._address):
            if isinstance(change, Register):
                self._register(api, change.entry)
                done.append(f"{change.entry.name} is in consul")
            else:
                api.put(f"agent/service/deregister/{quote(change.id)}", {})
                self._told.pop(change.id, None)
                done.append(f"a task of {change.name} is gone")
        for entry in wanted:
            self._vouch(api, entry)
        return "; ".join(sorted(set(done))) or None

    def _register(self, api: ConsulApi, entry: Entry) -> None:
        api.put(
            "agent/service/register",
            {
                "ID": entry.id,
                "Name": entry.name,
                "Address": self._address,
                "Port": entry.port,
                "Tags": list(entry.tags),
                "Meta": {META: entry.task},
                "Check": {
                    "CheckID": _check(entry),
                    "Name": "Docker's word for its container",
                    "TTL": f"{TTL_S}s",
                    "Status": "critical",
                    "DeregisterCriticalServiceAfter": FORGOTTEN_AFTER,
                },
            },
        )
        self._told.pop(entry.id, None)

    def _vouch(self, api: ConsulApi, entry: Entry) -> None:
        """Tell consul how a task is: when that has changed, and before consul would doubt it."""
        was_healthy, said, at = self._told.get(entry.id, (False, "", -TOLD_EVERY_S))
        if (was_healthy, said) == (entry.is_healthy, entry.says) and self._now() - at < TOLD_EVERY_S:
            return
        status = "passing" if entry.is_healthy else "critical"
        api.put(f"agent/check/update/{quote(_check(entry))}", {"Status": status, "Output": entry.says})
        self._told[entry.id] = (entry.is_healthy, entry.says, self._now())


def _check(entry: Entry) -> str:
    return f"docker:{entry.id}"
