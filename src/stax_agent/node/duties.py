"""The duty `node`: the loops put together, with what each needs."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from stax_agent.node.agent import Board, Census, Loop
from stax_agent.node.backups import Backups, bucket_of, downloads, etcd_snapshot, swarm_state, uploads
from stax_agent.node.certificates import Certificates
from stax_agent.node.computer import computer
from stax_agent.node.consul import Consul
from stax_agent.node.consul_access import Access
from stax_agent.node.consul_api import ConsulApi
from stax_agent.node.consul_service import ConsulService
from stax_agent.node.docker_api import Docker
from stax_agent.node.etcd import Etcd
from stax_agent.node.etcd_api import EtcdApi
from stax_agent.node.etcd_service import EtcdService
from stax_agent.node.farewell import farewell, has_tasks
from stax_agent.node.founding import Founding
from stax_agent.node.hosts import read_group
from stax_agent.node.leaving import TOLD_EVERY_S, Leaving
from stax_agent.node.pki import Pki
from stax_agent.node.reporter import Reporter, kept_report
from stax_agent.node.service_registry import LOOKED_AT_EVERY_S as SERVICES_EVERY_S
from stax_agent.node.service_registry import ServiceRegistry
from stax_agent.node.site import Site, look_around
from stax_agent.node.swarm import Swarm
from stax_agent.node.updates import LOOKED_AT_EVERY_S, Turn, Updates
from stax_agent.setback import Setback, say, until_it_works


def keep_clustered() -> NoReturn:
    """Keep this host in the clusters, for ever."""
    site = until_it_works(look_around)
    board, stop = Board(), threading.Event()
    census = Census(partial(read_group, site.aws, site.stax_name))
    certificates = Certificates(Pki(site.store, site.stax_name), site)
    until_it_works(certificates.renew)
    until_it_works(EtcdService(site.instance_id, site.private_ip).resume_after_boot)
    for loop in (
        Loop(etcd(site, certificates), census, board),
        Loop(swarm(site, certificates), census, board),
        Loop(consul(site), census, board),
    ):
        threading.Thread(target=loop.keep_on, args=(stop,), daemon=True).start()
    _in_its_own_thread("leaving", partial(leaving(site).turn, census, board), TOLD_EVERY_S)
    threading.Thread(target=_keep_copies, args=(site, board), daemon=True).start()
    _in_its_own_thread("services", registry(site).turn, SERVICES_EVERY_S)
    _in_its_own_thread("updates", partial(updates(site, certificates).turn, census), LOOKED_AT_EVERY_S)
    reporter = Reporter(site.store, site.instance_id)
    say(f"node: {site.instance_id} of {site.stax_name}")
    while True:
        certificates.keep_fresh()
        reporter.keep_current(board, census)
        time.sleep(1.0)


def back_up() -> int:
    """Copy what etcd and the Swarm hold, now; for a host that is a manager.  Return 0 when both are in the bucket."""
    try:
        return 0 if _backups(look_around()).copy_now() else 1
    except Setback as setback:
        say(f"nothing is copied: {setback}")
        return 1


def _backups(site: Site) -> Backups:
    pki = Pki(site.store, site.stax_name)
    copies = {"etcd": (lambda: etcd_snapshot(pki), ".db"), "swarm": (swarm_state, ".tar.gz")}
    return Backups(copies, uploads(site.aws, bucket_of(site.imds)))


def _keep_copies(site: Site, board: Board) -> NoReturn:
    backups = until_it_works(partial(_backups, site))
    while True:
        backups.keep_current(board)
        time.sleep(1.0)


def leaving(site: Site) -> Leaving:
    """Return this host's departure, for the day it comes."""
    service = ConsulService(site.instance_id, site.private_ip)
    etcd_service = EtcdService(site.instance_id, site.private_ip)
    return Leaving(site, farewell(Docker(), etcd_service, Access(site, service, ConsulApi()), service))


def _in_its_own_thread(name: str, do: Callable[[], str | None], every_s: float) -> None:
    threading.Thread(target=_keep_doing, args=(name, do, every_s), daemon=True).start()


def _keep_doing(name: str, do: Callable[[], str | None], every_s: float) -> NoReturn:
    """Do something again and again, and say what comes of it, once; nothing that happens ends it."""
    told: str | None = ""
    while True:
        try:
            done = do()
        except Setback as setback:
            done = f"not yet: {setback}"
        except Exception as error:  # goes on, whatever one turn ran into
            done = f"failed: {type(error).__name__}: {error}"
        if done and done != told:
            say(f"{name}: {done}")
        told = done
        time.sleep(every_s)


def swarm(site: Site, certificates: Certificates) -> Swarm:
    """Return the Swarm as seen from this host."""
    founding = Founding(site.store, "swarm", site.instance_id, fetch=downloads(site.aws, site.imds))
    return Swarm(site, Docker(), founding, Turn(partial(_own_port, certificates)).restarting)


def updates(site: Site, certificates: Certificates) -> Updates:
    """Return this host's restarts for updates."""
    turn = Turn(partial(_own_port, certificates))
    return Updates(site.instance_id, computer(partial(has_tasks, Docker())), turn, partial(kept_report, site.store))


def _own_port(certificates: Certificates) -> EtcdApi:
    return EtcdApi("127.0.0.1", certificates.trust())


def etcd(site: Site, certificates: Certificates) -> Etcd:
    """Return etcd as seen from this host."""
    return Etcd(
        site.instance_id,
        site.private_ip,
        connect=lambda address: EtcdApi(address, certificates.trust()),
        service=EtcdService(site.instance_id, site.private_ip),
        founding=Founding(site.store, "etcd", site.instance_id, fetch=downloads(site.aws, site.imds)),
    )


def registry(site: Site) -> ServiceRegistry:
    """Return this host's part in consul's list of services."""
    service = ConsulService(site.instance_id, site.private_ip)
    return ServiceRegistry(site.private_ip, Docker(), lambda: Access(site, service, ConsulApi()))


def consul(site: Site) -> Consul:
    """Return consul as seen from this host."""
    service = ConsulService(site.instance_id, site.private_ip)
    return Consul(site, service, Founding(site.store, "consul", site.instance_id))
