"""Which certificates this host has, kept fresh: its own, etcd's, and that of the people who log in."""

import ssl
import time
from collections.abc import Callable

from stax_agent.node.consul_service import SERVER_NAME
from stax_agent.node.etcd_api import trust
from stax_agent.node.pki import Identity, Pki
from stax_agent.node.site import Site
from stax_agent.setback import Setback, say

LOOKED_AT_EVERY_S = 6 * 3600.0
AGAIN_AFTER_S = 60.0


class Certificates:
    """This host's."""

    def __init__(self, pki: Pki, site: Site, *, now: Callable[[], float] = time.monotonic) -> None:
        self._pki, self._now = pki, now
        self._identities = identities(site)
        self._look_at = 0.0

    def renew(self) -> None:
        """Make what is missing or ends soon; raises Setback when that does not work."""
        made = [identity.name for identity in self._identities if self._pki.ensure(identity)]
        self._look_at = self._now() + LOOKED_AT_EVERY_S
        if made:
            say(f"certificates made: {', '.join(made)}")

    def keep_fresh(self) -> None:
        """Renew when it is time to look; what does not work is said and tried again."""
        if self._now() < self._look_at:
            return
        try:
            self.renew()
        except Setback as setback:
            self._look_at = self._now() + AGAIN_AFTER_S
            say(f"certificates not renewed yet: {setback}")

    def trust(self) -> ssl.SSLContext:
        """Return whom this agent believes and who it is; read anew, because files are renewed."""
        return trust(self._pki.authority, self._pki.certificate("agent"), self._pki.key("agent"))


def identities(site: Site) -> tuple[Identity, ...]:
    """Return who has a key of its own on a docker host."""
    here = ("127.0.0.1", site.private_ip)
    return (
        Identity(name="agent"),
        Identity(name="etcd", addresses=here, names=("localhost", site.instance_id), owner="etcd"),
        Identity(name="consul", addresses=here, names=("localhost", SERVER_NAME)),
        # user core may do everything on its host; so may it with etcd.
        Identity(name="core", group="core"),
    )
