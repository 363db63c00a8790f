"""All machines of a region, kept as the account says: one thread looks, decides, acts, reports.

Only what is on the disk and in the kernel counts, so a region that died finds its machines as
they are and goes on.
"""

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stax_local.desired import Instance, World
from stax_local.kernel import cgroups, containers
from stax_local.kernel.process import KernelError
from stax_local.kernel.waiting import Alarm
from stax_local.machines.decide import GRACE_S, IN_TRANSIT, Action, decide
from stax_local.machines.directory import about
from stax_local.machines.folder import MachineFolder
from stax_local.machines.instance_types import InstanceTypes
from stax_local.machines.knock import door
from stax_local.machines.metering import Gauges, Meter
from stax_local.machines.power import thaw
from stax_local.metadata.content import private_hostname
from stax_local.network.names import Names
from stax_local.realiser import Reports
from stax_local.service import Clients

_LOGGER = logging.getLogger(__name__)

_ASK_AGAIN_S = 2.0
"""A systemd that is just starting does not hear."""
_SOON_S, _IDLE_S = 0.05, 1.0
CONSOLE_EVERY_S = 15.0
_BURST = 3
_BREATH_S = 1.5
"""No more than a burst of machines is switched on within a breath: booting takes a second of processor each."""

_CONSOLE_WITH = {Action.SAY_STOPPED, Action.SAY_LAUNCH_FAILED, Action.SAY_IMPAIRED}
"""The reports after which somebody will want to read the console."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the machines of one region live, and what they are made from."""

    folder: Path
    """Each machine has a folder in it, named by its instance id."""
    image: Path
    layer: Path
    names: Names
    metric_period_s: int


class Machines:
    """Follows the world; `settled` must be told which world the networks are made for."""

    def __init__(self, site: Site, clients: Clients, clock: Callable[[], float] = time.monotonic) -> None:
        self._site = site
        self._types = InstanceTypes(clients)
        gauges = Gauges(self._processor_s, self._types.processors, site.metric_period_s)
        self._meter = Meter(clients, gauges)
        self._clock = clock
        self._world = self._settled = World()
        self._over = False
        self._alarm = Alarm(door(site.folder.parent))
        self._asked: dict[str, tuple[float, float]] = {}
        self._switched_on: dict[str, float] = {}
        self._published: dict[str, int] = {}
        self._publish_at = clock() + CONSOLE_EVERY_S
        self._children: list[subprocess.Popen[bytes]] = []
        self._thread: threading.Thread | None = None

    def start(self, reports: Reports) -> None:
        """Begin, once the networks have been settled: before, nobody knows what may be removed."""
        self._site.folder.mkdir(mode=0o700, exist_ok=True)
        self._reports = reports
        self._thread = threading.Thread(target=self._work, name="machines", daemon=True)
        self._meter.start()

    def world_changed(self, world: World) -> None:
        """Take note of the newest world."""
        self._world = world
        self._meter.world_changed(world)
        self._alarm.call()

    def settled(self, world: World) -> None:
        """The networks are as this world says: machines may be plugged in."""
        self._settled = world
        if self._thread and not self._thread.ident:
            self._thread.start()
        self._alarm.call()

    def stop(self) -> None:
        """End the work, not the machines."""
        self._over = True
        self._alarm.call()
        self._meter.stop()
        if self._thread and self._thread.ident:
            self._thread.join(timeout=5)

    def remove(self) -> None:
        """Cut all machines off, after `stop`: by their control groups, for the records of their runners are gone."""
        for child in self._children:
            child.kill()  # one that has only just begun is in no group yet
            child.wait()
        cgroups.cut_off(self._site.names.label)

    def _work(self) -> None:
        while not self._over:
            busy = False
            for instance_id in sorted(self._world.instances.keys() | self._known()):
                busy |= self._attend(instance_id)
            self._publish_consoles()
            self._children = [child for child in self._children if child.poll() is None]
            runners = (MachineFolder(self._site.folder / each).runner() for each in self._known())
            alive = [each for each in runners if each and each.is_alive()]
            self._alarm.sleep(alive, at_most_s=_SOON_S if busy else _IDLE_S)

    def _known(self) -> set[str]:
        return {path.name for path in self._site.folder.iterdir()}

    def _attend(self, instance_id: str) -> bool:
        """See to one machine; True when there is more to see soon."""
        instance, folder = self._world.instances.get(instance_id), MachineFolder(self._site.folder / instance_id)
        actions = decide(instance, folder.seen())
        try:
            for action in actions:
                self._act(action, instance, folder)
        except Exception:  # one machine that cannot be seen to must not keep the others from it
            _LOGGER.exception("machine %s cannot be seen to; trying again", instance_id)
        return bool(actions) or (instance is not None and instance.state in IN_TRANSIT)

    def _publish_consoles(self) -> None:
        """Now and then what has changed: GetConsoleOutput on AWS is some minutes old as well."""
        now = self._clock()
        if now < self._publish_at:
            return
        self._publish_at = now + CONSOLE_EVERY_S
        for name in self._known() & self._world.instances.keys():
            folder = MachineFolder(self._site.folder / name)
            size = folder.bound_console()
            if size != self._published.get(name):
                self._published[name] = size
                self._reports.console(name, folder.console())

    def _act(self, action: Action, instance: Instance | None, folder: MachineFolder) -> None:
        match action:
            case Action.SWITCH_ON if instance:
                self._switch_on(instance, folder)
            case Action.REBOOT if instance:
                self._reboot(instance, folder)
            case Action.POWER_OFF:
                self._power_off(folder)
            case Action.DESTROY:
                self._destroy(folder)
            case _:
                self._say(action, folder)

    def _say(self, action: Action, folder: MachineFolder) -> None:
        name, reports = folder.instance_id, self._reports
        if action in _CONSOLE_WITH:
            reports.console(name, folder.console())
        match action:
            case Action.SAY_RUNNING:
                reports.running(name)
            case Action.SAY_STOPPED:
                self._let_go(name)
                reports.stopped(name)
            case Action.SAY_TERMINATED:
                reports.terminated(name)
            case Action.SAY_LAUNCH_FAILED:
                reports.launch_failed(name, _last_line(folder.console()))
            case Action.SAY_IMPAIRED:
                reports.impaired(name)
            case Action.SAY_REACHABLE:
                reports.reachable(name)

    def _switch_on(self, instance: Instance, folder: MachineFolder) -> None:
        network = self._settled.instances.get(instance.id)
        if network is None or network.boot != instance.boot or self._is_breathing(instance.id):
            return
        try:
            self._give_power(instance, folder)
        except (KernelError, OSError) as error:
            _LOGGER.exception("machine %s cannot be switched on", instance.id)
            self._reports.launch_failed(instance.id, str(error))

    def _give_power(self, instance: Instance, folder: MachineFolder) -> None:
        group = self._group(instance.id)
        cgroups.end_processes(group)
        folder.make()
        folder.link("image", self._site.image)
        folder.link("layer", self._site.layer)
        hostname = self._hostname(instance)
        folder.write_about(about(instance, hostname))
        folder.note_boot(instance.boot)
        slots = cgroups.make(group, self._types.memory_bytes(instance))
        self._children.append(containers.switch_on(folder.path, self._environment(instance.id, hostname, slots)))
        _LOGGER.info("machine %s is switched on, boot %d", instance.id, instance.boot)

    def _is_breathing(self, instance_id: str) -> bool:
        now = self._clock()
        self._switched_on = {each: at for each, at in self._switched_on.items() if now - at < _BREATH_S}
        if instance_id in self._switched_on or len(self._switched_on) >= _BURST:
            return True
        self._switched_on[instance_id] = now
        return False

    def _hostname(self, instance: Instance) -> str:
        interface = self._world.network_interfaces[instance.network_interface_ids[0]]
        primary = next(each.address for each in interface.addresses if each.is_primary)
        return private_hostname(primary, instance.region).partition(".")[0]

    def _environment(self, instance_id: str, hostname: str, slots: list[Path]) -> dict[str, str]:
        return {
            "NAMESPACE": self._site.names.machine(instance_id),
            "HOSTNAME_": hostname,
            "SLOTS": " ".join(map(str, slots)),
            "LOWER": "layer:image",
        }

    def _reboot(self, instance: Instance, folder: MachineFolder) -> None:
        folder.note_boot(instance.boot)
        runner = folder.runner()
        if runner:
            containers.tell(runner, containers.REBOOT)

    def _power_off(self, folder: MachineFolder) -> None:
        """Ask, ask again, and after the grace cut it off."""
        now, runner = self._clock(), folder.runner()
        since, asked = self._asked.get(folder.instance_id, (now, 0.0))
        if runner is None:
            return
        if now - since > GRACE_S:
            thaw(folder, self._group(folder.instance_id))
            containers.cut_off(runner)
        elif now - asked > _ASK_AGAIN_S:
            self._asked[folder.instance_id] = since, now
            if not containers.tell(runner, containers.POWER_OFF):
                containers.cut_off(runner)  # nothing has booted yet that could power off

    def _destroy(self, folder: MachineFolder) -> None:
        self._let_go(folder.instance_id)
        folder.remove()

    def _let_go(self, instance_id: str) -> None:
        self._asked.pop(instance_id, None)
        self._published.pop(instance_id, None)
        cgroups.remove(self._group(instance_id))

    def _processor_s(self, instance_id: str) -> float:
        return cgroups.processor_s(self._group(instance_id))

    def _group(self, instance_id: str) -> str:
        return f"{self._site.names.label}/{instance_id}"


def _last_line(console: str) -> str:
    return next((line.strip() for line in reversed(console.splitlines()) if line.strip()), "it did not start")
