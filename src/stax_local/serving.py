"""The region's process: from its folder to a registered endpoint, until it is told to end."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from stax_local import emulator
from stax_local.autoscaling import AutoScaling
from stax_local.cloudformation import CloudFormation
from stax_local.cloudformation import Settings as CloudFormationSettings
from stax_local.dataplane import DataPlane
from stax_local.folder import Folder, Settings
from stax_local.kernel.abilities import lacking
from stax_local.process import this_process
from stax_local.realiser import ControlPlaneOnly
from stax_local.region import Region
from stax_local.service import Clients, Service

_LOGGER = logging.getLogger(__name__)


def serve(folder: Folder, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; the folder is held by the caller.  Raises Problem when it cannot."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    emulator.prepare()
    why_not = lacking() if settings.data_plane == "network" else "up without --data-plane network"
    realiser = ControlPlaneOnly(why_not) if why_not else DataPlane(folder.path)
    region = Region(folder, settings, realiser, own_services)
    if isinstance(realiser, DataPlane):
        realiser.attach(region.clients, region.port)
    settings = replace(settings, port=region.port)
    folder.keep_settings(settings)
    me = this_process()
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    folder.keep_process({"pid": me.pid, "start_ticks": me.start_ticks, "since": started_at})
    region.open()
    folder.register(registration(settings))
    _LOGGER.info("region %s serves at %s", settings.name, region.endpoint_url)
    over.wait()
    _LOGGER.info("region %s ends", settings.name)
    folder.unregister()
    region.close()


def registration(settings: Settings) -> dict[str, str]:
    """What stax needs to know to use the region."""
    endpoint_url = f"http://127.0.0.1:{settings.port}"
    return {
        "name": settings.name,
        "endpoint_url": endpoint_url,
        "region": settings.region,
        "access_key_id": settings.access_key_id,
        "secret_access_key": settings.secret_access_key,
        "checkip_url": f"{endpoint_url}/checkip",
    }


def own_services(clients: Clients, touch: Callable[[], None], endpoint_url: str) -> Sequence[Service]:
    """The services that are not the emulator's."""
    settings = CloudFormationSettings(endpoint_url=lambda: endpoint_url)
    return (CloudFormation(clients, on_change=touch, settings=settings), AutoScaling(clients, on_change=touch))
