"""How one gets into the machines: who they are, their host keys pinned, the private key that opens them.

Host keys come from SSM, where each machine puts its own at its first boot, never from the first
connection: a machine that has published none is not ready yet.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stax.aws import ec2
from stax.aws.host_keys import published_host_keys
from stax.engine.site import Site
from stax.errors import StaxError, Unhealthy
from stax.events import Event, StepStarted
from stax.local_state.files import read_private, write_private
from stax.model.inventory import Machine
from stax.model.stack import Stack
from stax.remote.host import JUMPBOX, Host
from stax.remote.known_hosts import checked_key, known_hosts, pinned, read_pins
from stax.remote.ssh_config import Access, ssh_config
from stax.remote.targets import GONE

PATIENCE_S = 300.0
"""A machine boots and publishes its host key in about a minute, a docker host once its NAT box forwards."""

TELL_EVERY_S = 20.0

Needed = Callable[[Sequence[Machine]], Sequence[Machine]]


@dataclass(frozen=True, kw_only=True)
class Way:
    """What lies ready on this machine: the files, and what they say."""

    config: Path
    text: str
    unpublished: tuple[str, ...]
    """The names of machines whose host keys are not published yet."""


def way_in(
    site: Site, stack: Stack, needed: Needed, *, key: Path, patience_s: float = PATIENCE_S
) -> Generator[Event, None, Way]:
    """Wait until the machines that are needed have published their host keys; pin them; write the files.

    `needed` picks from the machines there are, each time they are looked at.  Raises Unhealthy when the
    time is up, ChangedHostKey when a key is not the one that was pinned.
    """
    stopwatch = site.stopwatch(patience_s)
    told_s = -TELL_EVERY_S
    while True:
        seen = _look(site, stack.name, needed)
        if not seen.missing:
            return _written(site, stack, seen, key)
        if stopwatch.is_over:
            message = f"{_listed(seen.missing)} published no host key within {stopwatch.elapsed_s:.0f} s"
            raise Unhealthy(message, hint=_not_ready(stack.name))
        if stopwatch.elapsed_s - told_s >= TELL_EVERY_S:
            told_s = stopwatch.elapsed_s
            step = f"waiting for {_listed(seen.missing)} to come up and publish a host key"
            yield StepStarted(step=f"{step} ({told_s:.0f} s of {patience_s:.0f} s)")
        stopwatch.pause()


@dataclass(frozen=True)
class _Seen:
    """The machines at one moment, those of them that are needed, and the keys that are pinned by then."""

    machines: tuple[Machine, ...]
    needed: tuple[Machine, ...]
    keys: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of needed machines without a key."""
        return tuple(machine.name for machine in self.needed if machine.instance_id not in self.keys)


def _look(site: Site, name: str, needed: Needed) -> _Seen:
    machines = tuple(machine for machine in ec2.machines(site.aws, name) if machine.state not in GONE)
    return _Seen(machines, tuple(needed(machines)), _pinned_keys(site, name, machines))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)


def _not_ready(name: str) -> str:
    looked_at = f"it may still be booting, or have no way out: see stax describe {name}, and its console output in EC2"
    return (
        f"{looked_at}\na machine made by an older stax never does: replace it after stax update {name} --image latest"
    )


def _pinned_keys(site: Site, name: str, machines: Sequence[Machine]) -> dict[str, str]:
    """Return every key that is pinned by now, among them what these machines have published."""
    said = published_host_keys(site.aws, name, machines)
    published = {instance_id: key for instance_id, text in said.items() if (key := checked_key(text))}
    before = read_pins((read_private(_known_hosts(site, name)) or b"").decode("utf-8", "replace"))
    return pinned(before, published, {machine.instance_id: machine.name for machine in machines})


def _written(site: Site, stack: Stack, seen: _Seen, key: Path) -> Way:
    config = site.local.folder(stack.name) / "ssh_config"
    access = Access(
        stax_name=stack.name,
        private_key=key,
        known_hosts=_known_hosts(site, stack.name),
        hosts=[_host(machine, stack) for machine in seen.machines if machine.private_ip],
        proxy_command=site.aws.endpoint.proxy_command,
    )
    text = ssh_config(access, kept_in=config)
    write_private(access.known_hosts, known_hosts(stack.name, seen.keys).encode(), home=site.home)
    write_private(config, text.encode(), home=site.home)
    unpublished = tuple(machine.name for machine in seen.machines if machine.instance_id not in seen.keys)
    return Way(config=config, text=text, unpublished=unpublished)


def _known_hosts(site: Site, name: str) -> Path:
    return site.local.folder(name) / "known_hosts"


def _host(machine: Machine, stack: Stack) -> Host:
    is_jumpbox = machine.name == JUMPBOX
    address = (machine.public_ip or stack.outputs.get("JumpboxPublicIp", "")) if is_jumpbox else machine.private_ip
    if not address:
        raise StaxError(f"the jumpbox of {stack.name} has no public address", hint=f"stax repair {stack.name}")
    return Host(name=machine.name, instance_id=machine.instance_id, address=address)
