"""The realiser that makes the network real: packets go where the account says.

One thread owns the kernel's side.  It always settles on the newest world, so a burst of changes
costs one pass, and a pass that is interrupted is mended by the next.
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stax_local.desired import World
from stax_local.fabric import Fabric
from stax_local.internet.authority import Authority
from stax_local.internet.servers import Internet
from stax_local.internet.uplink import addresses, call
from stax_local.kernel.delay_abilities import lacking_for_delays
from stax_local.kernel.namespaces import Identity, identity
from stax_local.machines.hall import Machines
from stax_local.metadata.content import Services
from stax_local.metadata.credentials import RoleCredentials
from stax_local.metadata.lifecycle import TargetLifecycleState
from stax_local.realiser import Reports, arrivals
from stax_local.service import Clients
from stax_local.sky import Sky
from stax_local.vpc_services import VpcServices
from stax_local.whom import selector

_LOGGER = logging.getLogger(__name__)

SWEEP_EVERY_S = 10.0
"""How long a change that somebody else made to the kernel may last."""

_RETRY_AFTER_S = 1.0
"""After the kernel refused twice; it is not waited longer, for a world may come that it likes better."""

_FRONT_TIMEOUT_S = 10.0


class DataPlane:
    """Networks in the kernel.  `attach` it to the region before it starts."""

    def __init__(self, state: Path, *, has_uplink: bool = False) -> None:
        self._fabric = Fabric(state, has_uplink=has_uplink)
        self._has_uplink = has_uplink
        self._authority = Authority(state)
        self._machines: Machines | None = None
        self._dial = state / "dial.sock"
        self._world = World()
        self._sky = Sky(state / "weather.json", lacking_for_delays)
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._internet: tuple[Identity | None, Internet] | None = None

    @property
    def mode(self) -> str:
        """What is real."""
        inside = "machines that boot" if self._machines else "machines are bare network namespaces"
        outside = "; the world by this machine's own way out" if self._has_uplink else ""
        return f"networks in the kernel; {inside}{outside}"

    def inhabit(self, machines: Machines) -> None:
        """Have machines in the networks, not bare namespaces."""
        self._machines = machines

    @property
    def authority(self) -> Authority:
        """Who signs for AWS's names; machines have to trust it."""
        return self._authority

    @property
    def fabric(self) -> Fabric:
        """The network; for whoever needs its names."""
        return self._fabric

    def attach(self, clients: Clients, port: int, kept: Callable[[], bool]) -> None:
        """Say where the region's front listens, with what to call it, and what waits until all is on the disk."""
        self._port = port
        outside = addresses if self._has_uplink else None
        services = Services(RoleCredentials(clients, kept), TargetLifecycleState(clients))
        self._services = VpcServices(self._fabric.names, lambda: self._world, services, outside)

    def start(self, reports: Reports) -> None:
        """Begin, once the first world comes: before it, nobody knows what may be removed."""
        if self._machines:
            self._machines.start(reports)
        self._thread = threading.Thread(target=self._work, args=(reports,), name="data plane", daemon=True)
        self._thread.start()

    def world_changed(self, world: World) -> None:
        """Take note of the newest world."""
        self._world = world
        if self._machines:
            self._machines.world_changed(world)
        self._wake.set()

    def whom(self, word: str) -> str:
        """Who is meant by a word, as the weather spells it.  Raises ValueError when nobody is."""
        return selector(self._world, word)

    def tell_weather(self) -> Mapping[str, Any]:
        """The disturbances in force, in their JSON form."""
        return self._sky.tell()

    def take_weather(self, said: Any) -> None:
        """Let this be the weather from now on, kept over restarts, and return once the kernel has it."""
        self._sky.take(said)
        self._wake.set()  # the kernel need not wait for the disk
        self._sky.keep()
        self._sky.wait()

    def stop(self) -> None:
        """End the work; networks and machines stay as they are."""
        self._over.set()
        self._wake.set()
        if self._machines:
            self._machines.stop()
        if self._thread:
            self._thread.join(timeout=10)
            self._services.close()
            self._close_internet()

    def remove(self) -> None:
        """Take machines and networks down, recorded or not."""
        if self._machines:
            self._machines.remove()
        self._fabric.abandon()

    def _keep_internet(self) -> None:
        """Have the internet's servers in the namespace that is the internet now."""
        name = self._fabric.names.internet
        standing = identity(name)
        if self._internet is None or self._internet[0] != standing:
            self._close_internet()
            way_out = call if self._has_uplink else None
            self._internet = standing, Internet(name, self._authority, self._front, self._dial, way_out)

    def _close_internet(self) -> None:
        if self._internet:
            self._internet[1].close()

    def _front(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=_FRONT_TIMEOUT_S)

    def _work(self, reports: Reports) -> None:
        patience_s = SWEEP_EVERY_S
        while not self._over.is_set():
            is_new = self._wake.wait(patience_s)
            self._wake.clear()
            patience_s = SWEEP_EVERY_S if self._pass(reports, is_new=is_new) else _RETRY_AFTER_S

    def _pass(self, reports: Reports, *, is_new: bool) -> bool:
        """Settle on the newest world, or sweep when it is the same; False when it has to be tried again."""
        world, weather = self._world, self._sky.weather
        try:
            mended = [] if is_new else self._fabric.sweep()
            self._fabric.settle(world, weather)
            self._sky.comes_into_force(weather)
            self._services.follow()
            self._keep_internet()
        except Exception:
            # Whatever it is, this thread is the only one that can mend it when the next world comes.
            _LOGGER.exception("the network is not as the account says; trying again in %.0f s", _RETRY_AFTER_S)
            return False
        if mended:
            _LOGGER.warning("somebody changed the region's network; mended by %s", mended)
        self._populate(world, reports)
        return True

    def _populate(self, world: World, reports: Reports) -> None:
        if self._machines:
            self._machines.settled(world)
            return
        for arrive in arrivals(world, reports):
            arrive()
