"""A configuration that has passed every check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from stax.config.keys import KEYS, TAGS


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What the user wants, typed; one attribute per key of `stax.config.keys`.

    `key_name` is None when stax is to import a key pair named after the stax; `allow_ssh_from` is None
    when the own address was not to be looked up.  `extra` holds the parameters of the user's own
    template, `notes` what a person should be told, though nothing is wrong.
    """

    app: str
    group: str
    environment: str
    cost_center: str
    owner: str
    keep_alive: str
    cluster_size: int
    cluster_max_size: int
    auto_scale_cooldown_s: int
    auto_scale_target_cpu_percent: int
    architecture: str
    channel: str
    jump_instance_type: str
    nat_instance_type: str
    docker_instance_type: str
    jump_volume_gib: int
    nat_volume_gib: int
    docker_volume_gib: int
    key_name: str | None
    allow_ssh_from: IPv4Network | None
    vpc_cidr: IPv4Network
    public_subnet1: IPv4Network
    private_subnet1: IPv4Network
    public_subnet2: IPv4Network
    private_subnet2: IPv4Network
    auto_services: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def parameters(self) -> dict[str, str]:
        """Return the template's parameters by name; what is None is left out, for stax to fill in."""
        values = {key.name: getattr(self, key.attribute) for key in KEYS if key.is_parameter}
        return {name: str(value) for name, value in values.items() if value is not None} | dict(self.extra)

    def tags(self) -> dict[str, str]:
        """Return the tags that go on everything."""
        parameters = self.parameters()
        return {name: parameters[name] for name in TAGS}
