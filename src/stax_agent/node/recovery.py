"""`agent.pyz node recover`, on a survivor: all three clusters again, from what this host holds.

`stax recover` runs it, on the host that it has found to know the most.
"""

from collections.abc import Callable
from functools import partial

from stax_agent.node import systemd
from stax_agent.node.certificates import Certificates
from stax_agent.node.cluster import Refused
from stax_agent.node.consul_api import ConsulApi
from stax_agent.node.consul_recovery import ConsulRecovery
from stax_agent.node.consul_service import ConsulService
from stax_agent.node.docker_api import Docker
from stax_agent.node.etcd_api import EtcdApi
from stax_agent.node.etcd_recovery import EtcdRecovery
from stax_agent.node.etcd_service import EtcdService
from stax_agent.node.hosts import Group, read_group
from stax_agent.node.pki import Pki
from stax_agent.node.site import Site, look_around
from stax_agent.node.store import Store
from stax_agent.node.swarm_recovery import SwarmRecovery
from stax_agent.setback import Setback, say

AGENT = "stax-node.service"


def recover() -> int:
    """Recover what can be, say what cannot; return 0 when every cluster decides, or is about to."""
    try:
        site = look_around()
        group = read_group(site.aws, site.stax_name)
        # The agent and this would each undo what the other does.
        systemd.stop(AGENT)
    except Setback as setback:
        say(f"not recovered: {setback}")
        return 1
    try:
        return max(_tried(name, attempt, group) for name, attempt in _attempts(site).items())
    finally:
        systemd.start(AGENT)


def _attempts(site: Site) -> dict[str, Callable[[Group], str]]:
    certificates = Certificates(Pki(site.store, site.stax_name), site)
    service = EtcdService(site.instance_id, site.private_ip)
    etcd = EtcdRecovery(EtcdApi(site.private_ip, certificates.trust()), service, site.instance_id)
    swarm = SwarmRecovery(Docker(), site.private_ip, partial(rivals, site.store, "swarm", site.instance_id))
    consul_service = ConsulService(site.instance_id, site.private_ip)
    consul = ConsulRecovery(ConsulApi(), consul_service, partial(rivals, site.store, "consul", site.instance_id))
    return {"etcd": etcd.recover, "swarm": swarm.recover, "consul": consul.recover}


def rivals(store: Store, cluster: str, own: str, group: Group) -> list[str]:
    """Return who else may hold a cluster's data and may come back; a host that is told to go does not."""
    kept = (store.get(f"{cluster}-members") or "").split()
    return [each for each in kept if each != own and (host := group.host(each)) and not host.is_leaving]


def _tried(name: str, attempt: Callable[[Group], str], group: Group) -> int:
    try:
        say(f"{name}: {attempt(group)}")
    except (Refused, Setback) as problem:
        say(f"{name} is not recovered: {problem}")
        return 1
    return 0
