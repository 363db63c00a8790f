"""Who founds a cluster: one host, however many ask at once, and another only when nothing of the first can be left.

`first` names the host that founds all three.  `NAME-members` names, for each cluster that came up, every host that
may hold its data.  Only when the founder and all of these are gone for good, their disks with them, does the claim
pass on, to a name that holds the dead founder's: so each passing on is an election of its own, and nothing that was
claimed is ever overwritten (docs/decisions/0081).

`begins-with` names, for a stax that was made from a backup, the copies that its first clusters begin with.
"""

import json
import time
from collections.abc import Callable, Collection

from stax_agent.node.hosts import Group
from stax_agent.node.store import Store

BEGINS_WITH = "begins-with"
GONE_AFTER_S = 60.0
"""EC2 can leave out of its answers what was made or changed in the last seconds."""


class Founding:
    """The founding of one cluster, as seen from one host.  One thread uses it."""

    def __init__(
        self,
        store: Store,
        cluster: str,
        instance_id: str,
        *,
        fetch: Callable[[str], bytes] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fetch`: from a key to what lies in the bucket there."""
        self._store, self._cluster, self._instance_id = store, cluster, instance_id
        self._members = f"{cluster}-members"
        self._fetch, self._now = fetch, now
        self._missed_since: dict[str, float] = {}
        self._remembered: frozenset[str] | None = None

    def is_mine(self, group: Group) -> bool:
        """Whether this host is to found the cluster now, of which it can reach no member."""
        gone = [self._is_gone(member, group) for member in self._kept()]
        if not all(gone):
            return False
        name, mine = "first", self._instance_id
        while True:
            holder = self._store.get(name) or self._store.claim(name, mine)
            if holder == mine or not self._is_gone(holder, group):
                return holder == mine
            name = f"first-after-{holder}"

    def begins_with(self) -> bytes | None:
        """Return the copy that the cluster begins with, None when it begins empty: as all do but a stax's first."""
        if self._fetch is None or self._kept():
            return None
        key = json.loads(self._store.get(BEGINS_WITH) or "{}").get(self._cluster)
        return self._fetch(str(key)) if key else None

    def remember(self, members: Collection[str]) -> None:
        """Write down who may hold the cluster's data: its leader, before it lets another one in."""
        if self._remembered != frozenset(members):
            self._store.put(self._members, " ".join(sorted(members)))
            self._remembered = frozenset(members)

    def _kept(self) -> list[str]:
        return (self._store.get(self._members) or "").split()

    def _is_gone(self, instance_id: str, group: Group) -> bool:
        if group.host(instance_id):
            self._missed_since.pop(instance_id, None)
            return False
        since = self._missed_since.setdefault(instance_id, self._now())
        return self._now() - since >= GONE_AFTER_S
