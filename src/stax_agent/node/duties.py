"""The duty `node`: the loops put together, with what each needs."""

import threading
import time
from functools import partial
from typing import NoReturn

from stax_agent.node.agent import Board, Census, Loop
from stax_agent.node.backups import Backups, bucket_of, etcd_snapshot, swarm_state, uploads
from stax_agent.node.certificates import Certificates
from stax_agent.node.consul import Consul
from stax_agent.node.consul_access import Access
from stax_agent.node.consul_api import ConsulApi
from stax_agent.node.consul_service import ConsulService
from stax_agent.node.docker_api import Docker
from stax_agent.node.etcd import Etcd
from stax_agent.node.etcd_api import EtcdApi
from stax_agent.node.etcd_service import EtcdService
from stax_agent.node.farewell import farewell
from stax_agent.node.founding import Founding
from stax_agent.node.hosts import read_group
from stax_agent.node.leaving import TOLD_EVERY_S, Leaving
from stax_agent.node.pki import Pki
from stax_agent.node.reporter import Reporter
from stax_agent.node.site import Site, look_around
from stax_agent.node.swarm import Swarm
from stax_agent.setback import say, until_it_works


def keep_clustered() -> NoReturn:
    """Keep this host in the clusters, for ever."""
    site = until_it_works(look_around)
    board, stop = Board(), threading.Event()
    census = Census(partial(read_group, site.aws, site.stax_name))
    certificates = Certificates(Pki(site.store, site.stax_name), site)
    until_it_works(certificates.renew)
    for loop in (
        Loop(etcd(site, certificates), census, board),
        Loop(Swarm(site, Docker(), Founding(site.store, "swarm", site.instance_id)), census, board),
        Loop(consul(site), census, board),
    ):
        threading.Thread(target=loop.keep_on, args=(stop,), daemon=True).start()
    threading.Thread(target=_keep_ready_to_go, args=(leaving(site), census, board), daemon=True).start()
    threading.Thread(target=_keep_copies, args=(site, board), daemon=True).start()
    reporter = Reporter(site.store, site.instance_id)
    say(f"node: {site.instance_id} of {site.stax_name}")
    while True:
        certificates.keep_fresh()
        reporter.keep_current(board, census)
        time.sleep(1.0)


def _keep_copies(site: Site, board: Board) -> NoReturn:
    bucket = until_it_works(lambda: bucket_of(site.imds))
    pki = Pki(site.store, site.stax_name)
    copies = {"etcd": (lambda: etcd_snapshot(pki), ".db"), "swarm": (swarm_state, ".tar.gz")}
    backups = Backups(copies, uploads(site.aws, bucket))
    while True:
        backups.keep_current(board)
        time.sleep(1.0)


def _keep_ready_to_go(going: Leaving, census: Census, board: Board) -> NoReturn:
    while True:
        going.turn(census, board)
        time.sleep(TOLD_EVERY_S)


def leaving(site: Site) -> Leaving:
    """Return this host's departure, for the day it comes."""
    service = ConsulService(site.instance_id, site.private_ip)
    etcd_service = EtcdService(site.instance_id, site.private_ip)
    return Leaving(site, farewell(Docker(), etcd_service, Access(site, service, ConsulApi()), service))


def etcd(site: Site, certificates: Certificates) -> Etcd:
    """Return etcd as seen from this host."""
    return Etcd(
        site.instance_id,
        site.private_ip,
        connect=lambda address: EtcdApi(address, certificates.trust()),
        service=EtcdService(site.instance_id, site.private_ip),
        founding=Founding(site.store, "etcd", site.instance_id),
    )


def consul(site: Site) -> Consul:
    """Return consul as seen from this host."""
    service = ConsulService(site.instance_id, site.private_ip)
    return Consul(site, service, Founding(site.store, "consul", site.instance_id))
