"""Do the CIDR blocks fit one another, AWS, Docker and the cluster?"""

import itertools
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from math import ceil, log2

AWS_RESERVES = 5
"""Addresses of every subnet that AWS keeps: the first four and the last."""

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""

TAKEN = {
    IPv4Network("172.17.0.0/16"): "Docker's own bridge on every docker host",
    IPv4Network("169.254.0.0/16"): "link-local: AWS's instance metadata answers there",
    IPv4Network("100.64.0.0/10"): "shared by carriers, and by AWS's own services",
}

SUBNETS = ("PrivateSubnet1", "PublicSubnet1", "PrivateSubnet2", "PublicSubnet2")
"""In the order in which they lie in the VPC by default, since 2015."""

Finding = tuple[str, str, str]
"""A key, what is wrong with its value, the nearest that would be right (or "")."""


def default_subnets(vpc: IPv4Network) -> dict[str, IPv4Network]:
    """Lay the four subnets out from the start of a VPC: /24 each where there is room, else a quarter each."""
    blocks = vpc.subnets(new_prefix=max(24, vpc.prefixlen + 2))
    return dict(zip(SUBNETS, blocks, strict=False))


def vpc_findings(vpc: IPv4Network, *, allow_public_range: bool) -> Iterator[Finding]:
    """Yield what speaks against a VPC there."""
    for taken, by in TAKEN.items():
        if vpc.overlaps(taken):
            yield "VpcCidr", f"overlaps {taken}: {by}", ""
            return
    if not allow_public_range and not any(vpc.subnet_of(private) for private in PRIVATE):
        ranges = ", ".join(map(str, PRIVATE))
        yield "VpcCidr", f"not private (RFC 1918: within {ranges}); --allow-public-range takes it all the same", ""


def subnet_findings(
    subnets: Mapping[str, IPv4Network], *, vpc: IPv4Network | None, hosts: int | None
) -> Iterator[Finding]:
    """Yield everything wrong with the subnets; `vpc` and `hosts` are None when they are wrong themselves."""
    suggested = default_subnets(vpc) if vpc else {}
    for key, subnet in subnets.items():
        if vpc and not subnet.subnet_of(vpc):
            yield key, f"lies outside VpcCidr {vpc}", str(suggested[key])
    for (key, one), (other_key, other) in itertools.combinations(subnets.items(), 2):
        if one.overlaps(other):
            yield key, f"overlaps {other_key} {other}", ""
    if hosts is not None:
        yield from _room_findings(subnets, hosts)


def _room_findings(subnets: Mapping[str, IPv4Network], hosts: int) -> Iterator[Finding]:
    needed = hosts + AWS_RESERVES
    for key, subnet in subnets.items():
        if key.startswith("Private") and subnet.num_addresses < needed:
            prefix = 32 - ceil(log2(needed))
            yield key, f"too small for ClusterMaxSize {hosts} docker hosts and the 5 addresses AWS keeps: /{prefix}", ""
