"""The world that the emulated account says exists: what the data plane has to make true.

Frozen facts in AWS's own words, read from the emulator after every change.  Two snapshots compare
with `==`, entity by entity, so a difference is a dictionary comparison.  Everything is keyed by
AWS's id, which is unique over all accounts and regions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

TargetKind = Literal["local", "internet-gateway", "network-interface", "instance", "other", "none"]
"""What a route points at.  `none`: its target is gone; `other`: a kind the data plane has not."""

RouteState = Literal["active", "blackhole"]

InstanceState = Literal["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]


@dataclass(frozen=True, slots=True)
class Vpc:
    """A virtual private cloud; `is_default` is the one that every region is born with."""

    id: str
    account_id: str
    region: str
    cidr_blocks: tuple[str, ...]
    is_default: bool
    dns_support: bool
    dns_hostnames: bool


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet, and the route table in force for it (its own, or the VPC's main one)."""

    id: str
    vpc_id: str
    cidr_block: str
    availability_zone: str
    route_table_id: str
    maps_public_ip_on_launch: bool


@dataclass(frozen=True, slots=True)
class Route:
    """One route; `target_id` is empty for `local` and `none`.

    A route to an instance names its primary network interface: that is what carries the packets.
    """

    destination: str
    target_kind: TargetKind
    target_id: str
    state: RouteState


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table with its routes, by destination, and the ids of what it is associated with."""

    id: str
    vpc_id: str
    is_main: bool
    routes: tuple[Route, ...]
    associations: tuple[tuple[str, str], ...]
    """(association id, subnet or gateway id)"""


@dataclass(frozen=True, slots=True)
class InternetGateway:
    """An internet gateway; `vpc_id` is empty while it is detached."""

    id: str
    vpc_id: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission of a security group, one peer: a CIDR block, a group, or a prefix list.

    `protocol` is AWS's: tcp, udp, icmp, icmpv6, a number, or -1 for all.  For ICMP the ports are
    type and code; -1 stands for any.  Ports are None where the protocol has none.
    """

    protocol: str
    from_port: int | None
    to_port: int | None
    cidr_block: str = ""
    group_id: str = ""
    prefix_list_id: str = ""


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group; rules are sorted, so that equal groups compare equal."""

    id: str
    name: str
    vpc_id: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class PrivateAddress:
    """A private address of an interface, and the public address that maps to it, if any."""

    address: str
    is_primary: bool
    public_ip: str = ""
    allocation_id: str = ""
    """Of the Elastic IP; empty for an address that Amazon lends while the machine runs."""


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """A network interface; `instance_id` is empty while it is not attached."""

    id: str
    vpc_id: str
    subnet_id: str
    mac_address: str
    addresses: tuple[PrivateAddress, ...]
    group_ids: tuple[str, ...]
    source_dest_check: bool
    instance_id: str
    device_index: int


@dataclass(frozen=True, slots=True)
class ElasticIp:
    """An allocated Elastic IP; the last three are empty while it is not associated."""

    allocation_id: str
    public_ip: str
    association_id: str
    network_interface_id: str
    private_ip: str


@dataclass(frozen=True, slots=True)
class MetadataOptions:
    """How an instance may reach its metadata service."""

    endpoint_enabled: bool
    tokens_required: bool
    hop_limit: int
    tags_enabled: bool


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume attached to an instance."""

    id: str
    device_name: str
    size_gib: int
    volume_type: str
    encrypted: bool
    delete_on_termination: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """A machine, as RunInstances described it and as its life stands."""

    id: str
    account_id: str
    region: str
    state: InstanceState
    impaired: bool
    """It runs and does not answer, as the data plane reported."""
    image_id: str
    instance_type: str
    architecture: str
    user_data: str
    """Base64, as the API holds it; empty when there is none."""
    key_name: str
    public_key: str
    """The OpenSSH line of the key pair; empty when there is none."""
    instance_profile_arn: str
    role_name: str
    metadata_options: MetadataOptions
    tags: Mapping[str, str]
    launch_time: datetime
    availability_zone: str
    vpc_id: str
    subnet_id: str
    network_interface_ids: tuple[str, ...]
    """By device index: the first is the primary one."""
    volumes: tuple[Volume, ...]
    boot: int
    """Counts the boots asked for: run, start and reboot each add one."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything, by id."""

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    route_tables: Mapping[str, RouteTable] = field(default_factory=dict)
    internet_gateways: Mapping[str, InternetGateway] = field(default_factory=dict)
    security_groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    network_interfaces: Mapping[str, NetworkInterface] = field(default_factory=dict)
    instances: Mapping[str, Instance] = field(default_factory=dict)
    elastic_ips: Mapping[str, ElasticIp] = field(default_factory=dict)
