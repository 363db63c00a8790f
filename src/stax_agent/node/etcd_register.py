"""Who is in the cluster without being a member: each docker host writes its name into etcd, by way of its own port.

An entry is proof that the host's port leads to a cluster that takes what it writes.  It ends with its lease.
"""

import time
from collections.abc import Callable, Sequence

from stax_agent.node.etcd_api import EtcdApi
from stax_agent.setback import Setback

PREFIX = "/stax/hosts/"
RENEWED_EVERY_S = 20.0
LEASE_S = 60
"""Two renewals may be lost."""


class Register:
    """This host's entry, and everybody's."""

    def __init__(self, instance_id: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._key = PREFIX + instance_id
        self._now = now
        self._renew_at = 0.0

    def renew(self, api: EtcdApi) -> None:
        """Write the entry when it is time to; raises Setback when this host cannot use the cluster."""
        if self._now() < self._renew_at:
            return
        api.put(self._key, "", lease_s=LEASE_S)
        self._renew_at = self._now() + RENEWED_EVERY_S

    def everybody(self, api: EtcdApi) -> Sequence[str]:
        """Return the instance ids that are written down; none while the cluster does not answer."""
        try:
            return [key.removeprefix(PREFIX) for key in api.keys(PREFIX)]
        except Setback:
            return []
