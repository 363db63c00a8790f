"""One region, put together: front, services, emulator, realiser, keeping."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from stax_local import emulator
from stax_local.clients import RegionClients
from stax_local.door import RegionDoor
from stax_local.emulator import account
from stax_local.emulator.application import SERVICES
from stax_local.folder import Folder, Settings
from stax_local.front.emulated import Emulated
from stax_local.front.faults import Faults
from stax_local.front.front import Front
from stax_local.front.keyring import Key, Keyring, new_key
from stax_local.front.message import Request, Response
from stax_local.front.own import OwnServices
from stax_local.front.requestlog import RequestLog
from stax_local.front.server import LOOPBACK, Server
from stax_local.identity import CallerIdentity
from stax_local.keeping import Keeper, read_state
from stax_local.parts import Closes, Remembers, Signalled, Starts, Watches
from stax_local.problem import Problem
from stax_local.quotas import Quotas
from stax_local.realiser import Disturbable, Realiser
from stax_local.service import Clients, Service
from stax_local.watch import Watch

_LOGGER = logging.getLogger(__name__)

REAP_AFTER_S = 3600.0
"""How long a terminated instance stays visible: about an hour on AWS."""
_REAP_EVERY_S = 30.0

WARM_UP: Mapping[str, tuple[str, str]] = {
    "ec2": ("ec2", "describe_vpcs"),
    "autoscaling": ("autoscaling", "describe_auto_scaling_groups"),
    "iam": ("iam", "list_roles"),
    "s3": ("s3", "list_buckets"),
    "ssm": ("ssm", "describe_parameters"),
    "sts": ("sts", "get_caller_identity"),
    "monitoring": ("cloudwatch", "describe_alarms"),
}
"""A first call to a service is slow: models are read, default networks made.  Better now than at the first user."""

ServiceFactory = Callable[[Clients, Callable[[], None], str], Sequence[Service]]
"""Makes the region's own services: of the clients, what they call after a change of their state, and its URL."""


class Region:
    """The parts of one region and their life: `open`, then `close`."""

    def __init__(self, folder: Folder, settings: Settings, realiser: Realiser, services: ServiceFactory) -> None:
        internal = new_key(settings.account_id, "stax-local-region", is_internal=True)
        self.settings = settings
        self._folder = folder
        self._realiser = realiser
        self._over = threading.Event()
        self._keyring = Keyring(_owner(settings), internal)
        self._emulated = Emulated(emulator.application(), frozenset(SERVICES), settings.account_id)
        self._keeper = Keeper(folder.account, self._gather, _with_account, self._emulated.lock)
        self.watch = Watch(self._keeper.touch, self._emulated.lock)
        self._server = Server(settings.port, self._answer)
        self.clients = RegionClients(self.endpoint_url, internal, self._answer)
        quotas = Quotas(settings.quotas, self.clients, lambda: self.watch.world)
        identity = CallerIdentity(self._keyring.user_id)
        self._services: list[Service] = [
            quotas,
            identity,
            *services(self.clients, self._keeper.touch, self.endpoint_url),
        ]
        self._emulated.admit, self._emulated.on_change = quotas.admit, self.watch.after_call
        self._front = self._make_front()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    @property
    def endpoint_url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self._server.port}"

    def kept(self) -> bool:
        """Return once everything up to now would survive a kill -9; False when that takes too long."""
        return self._keeper.wait()

    def open(self) -> None:
        """Take up what was kept, serve, warm up, be ready.  Raises Problem when what was kept cannot be read."""
        states = self._restore()
        threading.Thread(target=self._server.serve_forever, name="server", daemon=True).start()
        self._warm_up()
        self._realiser.start(self.watch)
        self.watch.listeners += [
            self._realiser.world_changed,
            *(service.world_changed for service in self._services if isinstance(service, Watches)),
        ]
        with self._emulated.lock:
            self.watch.look(even_if_same=True)  # warming up has looked already, when nobody listened
        self._resume(states)
        self._keeper.start()
        self._keeper.touch()
        threading.Thread(target=self._reap, name="reaper", daemon=True).start()
        self._door.is_ready = True

    def close(self) -> None:
        """Serve no more, keep everything."""
        self._cease()
        self._keeper.stop()
        self._log.close()

    def abandon(self) -> None:
        """Serve no more, and leave neither machine nor network: what they are recorded in is gone, or unwanted."""
        self._cease()
        self._keeper.cease()
        self._realiser.remove()
        self._log.close()

    def _cease(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        for service in self._services:
            if isinstance(service, Closes):
                service.close()
        self._realiser.stop()

    def status(self) -> Mapping[str, Any]:
        """What `stax local status` shows."""
        world = self.watch.world
        own = [instance for instance in world.instances.values() if instance.state != "terminated"]
        return {
            "mode": self._realiser.mode,
            "accounts": len({vpc.account_id for vpc in world.vpcs.values()}),
            "regions": sorted({vpc.region for vpc in world.vpcs.values()}),
            "vpcs": sum(not vpc.is_default for vpc in world.vpcs.values()),
            "instances": len(own),
            "running": sum(instance.state == "running" for instance in own),
            "stacks": sum(self._stacks(region) for region in {vpc.region for vpc in world.vpcs.values()}),
            "faults": len(self._faults.rules),
            "kept_on_disk": self._keeper.is_up_to_date,
        }

    def _put_signal(self, path: str, body: bytes) -> bool:
        return any(service.put_signal(path, body) for service in self._services if isinstance(service, Signalled))

    def _stacks(self, region: str) -> int:
        if "cloudformation" not in self._front.services:
            return 0
        pages = self.clients("cloudformation", region).get_paginator("describe_stacks").paginate()
        return sum(len(page["Stacks"]) for page in pages)

    def _make_front(self) -> Front:
        self._faults = Faults()
        self._log = RequestLog(self._folder.requests)
        self._door = RegionDoor(self.settings.name, self.settings.control_token, self._faults, self.status)
        self._door.put_signal = self._put_signal
        self._door.weather = self._realiser if isinstance(self._realiser, Disturbable) else None
        own = OwnServices(self._services)
        return Front(self._server.port, self._keyring, own, self._emulated, self._door, self._log, self._faults)

    def _answer(self, request: Request) -> Response:
        return self._front(request)

    def _restore(self) -> dict[str, Any]:
        afresh = f"{self._folder.command('down')} forgets it; {self._folder.command('up')} then starts afresh"
        kept = read_state(self._folder.account, hint=afresh)
        if kept is None:
            return {}
        try:
            account.load(kept["account"])
        except account.UnreadableDumpError as error:
            raise Problem(f"the account in {self._folder.account} cannot be read: {error}", afresh) from error
        self._keyring.restore(kept["keys"])
        return dict(kept["services"])

    def _resume(self, states: Mapping[str, Any]) -> None:
        """Hand the services their states; from then on they go on with what was under way."""
        for service in self._services:
            if isinstance(service, Remembers) and service.name in states:
                service.restore(states[service.name])
            if isinstance(service, Starts):
                service.start()

    def _gather(self) -> dict[str, Any]:
        states = {service.name: service.state() for service in self._services if isinstance(service, Remembers)}
        return {"keys": self._keyring.state(), "services": states}

    def _warm_up(self) -> None:
        def call(service: str, operation: str) -> None:
            getattr(self.clients(service, self.settings.region), operation)()

        with ThreadPoolExecutor(len(WARM_UP)) as pool:
            for warming in [pool.submit(call, *what) for name, what in WARM_UP.items() if name in self._front.services]:
                warming.result()

    def _reap(self) -> None:
        while not self._over.wait(_REAP_EVERY_S):
            self.watch.reap(older_than_s=REAP_AFTER_S)


def _owner(settings: Settings) -> Key:
    arn = f"arn:aws:iam::{settings.account_id}:user/{settings.name}"
    return Key(settings.access_key_id, settings.secret_access_key, arn)


def _with_account(gathered: dict[str, Any]) -> dict[str, Any]:
    return {**gathered, "account": account.dump()}
