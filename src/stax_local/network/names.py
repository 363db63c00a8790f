"""Names and numbers of the kernel's things, derived from AWS's ids so that none need be remembered."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

# The link between a VPC and its internet gateway carries no prefix: both ends know each other by
# these, and every VPC may use the same ones, for no two of these links share a namespace pair.
GATEWAY_DEVICE = "igw"
GATEWAY_MAC = "02:5a:00:00:00:01"
INTERNET_MAC = "02:5a:00:00:00:02"
INTERNET_NEXT_HOP = "169.254.0.1"
VPC_NEXT_HOP = "169.254.0.2"

# What answers a machine's ARP, whomever it asks for: AWS has no layer 2 either.
ROUTER_MAC = "02:5a:00:00:00:03"

METADATA_ADDRESS = "169.254.169.254"
RESOLVER_ADDRESS = "169.254.169.253"

RETURNS_ADDRESS = "169.254.169.252"
"""Where a VPC takes in ICMP errors that have to be translated deeper than nft can."""

MACHINE_MTU = 9001  # jumbo frames within a VPC, as on AWS
INTERNET_MTU = 1500

LOCAL_TABLE = 100
"""The routing table of every address that is alive in the VPC."""


@dataclass(frozen=True, slots=True)
class Names:
    """The namespaces of one region; `label` keeps two regions of one machine apart."""

    label: str

    @property
    def internet(self) -> str:
        """The namespace of everything beyond the internet gateways."""
        return f"{self.label}.internet"

    def vpc(self, vpc_id: str) -> str:
        """The namespace that is the router of a VPC."""
        return f"{self.label}.{vpc_id}"

    def machine(self, instance_id: str) -> str:
        """The namespace that a machine lives in."""
        return f"{self.label}.{instance_id}"


def device(prefix: str, aws_id: str) -> str:
    """A device name: one letter and the id's tail.

    Linux caps names at 15 bytes (IFNAMSIZ - 1) and AWS's ids have 21, so the random tail is kept:
    it is what differs, and it can be matched by eye with `aws ec2 describe-network-interfaces`.
    """
    return prefix + aws_id[-14:]


def number(aws_id: str) -> int:
    """A number for a routing table or a connection mark: the id's last 28 bits.

    The leading bit keeps it clear of the kernel's own tables (253 to 255) and of 0.
    """
    return 0x10000000 | int(aws_id[-7:], 16)


def router_address(subnet_cidr_block: str) -> IPv4Address:
    """The address of the VPC router in a subnet: the first after the network's own."""
    return IPv4Network(subnet_cidr_block)[1]


def resolver_address(vpc_cidr_block: str) -> IPv4Address:
    """The VPC's resolver: the second after the network's own."""
    return IPv4Network(vpc_cidr_block)[2]
