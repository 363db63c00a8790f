"""What there is of a stax in AWS, at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from stax.model.plan import Quantity


@dataclass(frozen=True, kw_only=True)
class StaxSummary:
    """One line of `list`."""

    name: str
    status: str
    status_reason: str
    created_at: datetime
    updated_at: datetime | None
    created_by: str
    """user@host, as the tag stax:created-by says."""
    made_here: bool
    """Whether that is this user on this machine."""


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet of the stax's VPC; `name` is public1, private1, public2 or private2."""

    name: str
    subnet_id: str
    cidr: str
    zone: str
    free_addresses: int


@dataclass(frozen=True, kw_only=True)
class DefaultRoute:
    """Where a route table sends what is for the internet."""

    route_table: str
    """public, private1 or private2."""
    route_table_id: str
    next_hop: str
    """The id of a network interface or a gateway, "" when there is no default route."""
    state: str
    """active, blackhole or, when there is none, missing."""
    carried_by: str
    """The NAT box the next hop belongs to, "internet gateway", or "" when it is neither."""
    born_with: str
    """Who carries it unless a NAT box covers for the other."""

    @property
    def is_covered(self) -> bool:
        """Whether a NAT box carries it for the other."""
        return bool(self.carried_by) and self.carried_by != self.born_with


@dataclass(frozen=True, kw_only=True)
class Network:
    """The stax's VPC with its subnets and default routes."""

    vpc_id: str
    cidr: str
    state: str
    subnets: tuple[Subnet, ...]
    default_routes: tuple[DefaultRoute, ...]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The jumpbox, a NAT box or a docker host; one that should be there and is not has the state missing."""

    name: str
    """jumpbox, nat1, nat2, docker1, docker2, …; docker hosts are numbered by age, the oldest first."""
    role: str
    """jump, nat or docker."""
    instance_id: str
    state: str
    private_ip: str = ""
    public_ip: str = ""
    zone: str = ""
    instance_type: str = ""
    image_id: str = ""
    launched_at: datetime | None = None
    age_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A disk, and the machine it is attached to ("" when to none)."""

    volume_id: str
    machine: str
    size_gib: int
    volume_type: str
    encrypted: bool
    state: str


@dataclass(frozen=True, kw_only=True)
class SecurityGroup:
    """A security group and how many rules it has each way."""

    group_id: str
    name: str
    ingress_rules: int
    egress_rules: int


@dataclass(frozen=True, kw_only=True)
class Address:
    """An Elastic IP: `name` is whose it was born as, `carried_by` where it leads now ("" when nowhere)."""

    name: str
    allocation_id: str
    public_ip: str
    private_ip: str
    network_interface_id: str
    carried_by: str


@dataclass(frozen=True, kw_only=True)
class NetworkInterface:
    """A network interface, and the machine it is attached to ("" when to none)."""

    network_interface_id: str
    name: str
    machine: str
    subnet_id: str
    private_ips: tuple[str, ...]
    source_dest_check: bool
    status: str


@dataclass(frozen=True, kw_only=True)
class LaunchTemplate:
    """What docker hosts are started from."""

    launch_template_id: str
    name: str
    latest_version: int


@dataclass(frozen=True, kw_only=True)
class Description:
    """Everything there is of a stax, as AWS said it at `asked_at`."""

    name: str
    region: str
    account_id: str
    asked_at: datetime
    stack_id: str
    status: str
    status_reason: str
    created_at: datetime
    updated_at: datetime | None
    age_s: int
    created_by: str
    network: Network | None
    """None when there is no VPC (yet, or any more)."""
    machines: tuple[Machine, ...]
    volumes: tuple[Volume, ...]
    security_groups: tuple[SecurityGroup, ...]
    addresses: tuple[Address, ...]
    network_interfaces: tuple[NetworkInterface, ...]
    launch_templates: tuple[LaunchTemplate, ...]
    inventory: tuple[Quantity, ...]
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
