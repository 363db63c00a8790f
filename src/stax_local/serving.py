"""The region's process: from its folder to a registered endpoint, until it is told to end."""

import gc
import logging
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from stax_local import emulator
from stax_local.autoscaling import AutoScaling
from stax_local.cloudformation import CloudFormation
from stax_local.cloudformation import Settings as CloudFormationSettings
from stax_local.dataplane import DataPlane
from stax_local.folder import Folder, Settings, read_json
from stax_local.internet.places import TEST_SERVER
from stax_local.kernel.abilities import lacking
from stax_local.leftovers import forget
from stax_local.machines.cache import path_of
from stax_local.machines.hall import Machines, Site
from stax_local.machines.layer import make_layer
from stax_local.machines.recipe import recipe
from stax_local.metadata.content import internal_domain
from stax_local.problem import Problem
from stax_local.process import Process
from stax_local.realiser import ControlPlaneOnly, Realiser
from stax_local.region import Region
from stax_local.service import Clients, Service

_LOGGER = logging.getLogger(__name__)


LOOK_EVERY_S = 1.0
"""How soon it is seen that the folder is gone, or who held the leash."""


def serve(folder: Folder, settings: Settings, leash: Process | None) -> None:
    """Serve until SIGTERM or SIGINT; the folder is held by the caller.

    When the folder is removed meanwhile, or who holds the leash ends, nothing of the region stays: nobody would be
    left to take it down.  Raises Problem when it cannot serve.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    try:
        emulator.prepare()
    except emulator.WrongMotoError as error:
        raise Problem(str(error)) from error
    why_not = lacking() if settings.data_plane != "none" else "up without a data plane"
    realiser: Realiser = ControlPlaneOnly(why_not) if why_not else DataPlane(folder.path, has_uplink=settings.uplink)
    region = Region(folder, settings, realiser, partial(own_services, settings))
    if isinstance(realiser, DataPlane):
        realiser.attach(region.clients, region.port, region.kept)
        if settings.data_plane == "machines":
            realiser.inhabit(machines(folder, settings, realiser, region.clients))
    settings = replace(settings, port=region.port)
    folder.keep_settings(settings)
    region.open()
    gc.collect()
    gc.freeze()  # also keeps the collector from touching, and so copying, memory shared with the child that writes
    gc.enable()
    folder.register({**registration(settings), **reach(folder, realiser), **inhabitants(settings, realiser)})
    _LOGGER.info("region %s serves at %s", settings.name, region.endpoint_url)
    if _is_told(over, lambda: folder.belongs_to(settings) and (leash is None or leash.is_alive())):
        _LOGGER.info("region %s ends", settings.name)
        folder.unregister()
        region.close()
    else:
        _LOGGER.warning("region %s takes itself down: its folder is gone, or who wanted it", settings.name)
        region.abandon()
        _clear(folder, settings)


def machines(folder: Folder, settings: Settings, plane: DataPlane, clients: Clients) -> Machines:
    """The machines of this region.  Raises Problem when their root file system is missing."""
    image = path_of(folder.home, recipe())
    if not image.is_dir():
        raise Problem("the machines' root file system is missing", folder.command("up"))
    make_layer(folder.path / "layer", image, plane.authority.certificate, internal_domain(settings.region))
    names = plane.fabric.names
    site = Site(folder.path / "machines", image, folder.path / "layer", names, settings.metric_period_s)
    return Machines(site, clients)


def _is_told(over: threading.Event, is_wanted: Callable[[], bool]) -> bool:
    """Wait; whether it was told to end, and not left by everybody."""
    while not over.wait(LOOK_EVERY_S):
        if not is_wanted():
            return False
    return True


def _clear(folder: Folder, settings: Settings) -> None:
    """Remove what lies about of a region that is no more, and nothing of one that has come in its place."""
    registered = read_json(folder.endpoint)
    if registered and registered.get("access_key_id") == settings.access_key_id:
        folder.endpoint.unlink(missing_ok=True)
    if folder.belongs_to(settings) or not (folder.path / "region.json").exists():
        folder.remove()
        forget(folder, settings.account_id, settings.region)


def reach(folder: Folder, realiser: Realiser) -> dict[str, str]:
    """How ssh gets to the machines' public addresses, where these lie on no route of this machine; how a drill
    breaks machines, and which server of the internet it measures against.
    """
    if not isinstance(realiser, DataPlane):
        return {}
    dial, chaos = (
        shlex.join([sys.executable, "-P", "-m", "stax_local", verb, "--name", folder.name, "--state", str(folder.path)])
        for verb in ("dial", "chaos")
    )
    return {"proxy_command": f"{dial} %h %p", "chaos_command": chaos, "test_server": TEST_SERVER}


def inhabitants(settings: Settings, realiser: Realiser) -> dict[str, str]:
    """That no machines boot here, where it is so: nobody needs to wait for them."""
    boots = isinstance(realiser, DataPlane) and settings.data_plane == "machines"
    return {} if boots else {"machines": "none"}


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


def own_services(
    settings: Settings, clients: Clients, touch: Callable[[], None], endpoint_url: str
) -> Sequence[Service]:
    """The services that are not the emulator's."""
    engine = CloudFormationSettings(endpoint_url=lambda: endpoint_url)
    return (
        CloudFormation(clients, on_change=touch, settings=engine),
        AutoScaling(clients, on_change=touch, metric_period_s=settings.metric_period_s),
    )
