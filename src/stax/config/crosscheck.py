"""What can only be judged with several keys at hand, or by how careful the user asked us to be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stax.config.networks import SUBNETS, Finding, subnet_findings, vpc_findings
from stax.config.processors import DEFAULT_TYPES, architecture_of

WIDEST_SSH_PREFIX = 24
"""A block of 256 addresses: an office, not a provider."""


@dataclass(frozen=True)
class Allowances:
    """What is refused unless the user says, for once, that it is meant."""

    wide_ssh: bool = False
    """`--allow-wide-ssh`: ssh to the jumpbox from more than a /24."""
    public_range: bool = False
    """`--allow-public-range`: a VPC on addresses that are somebody's on the internet."""


def findings(values: Mapping[str, Any], allowances: Allowances) -> Iterator[Finding]:
    """Yield what is wrong between the keys; `values` lacks those that are wrong by themselves."""
    vpc = values.get("VpcCidr")
    if vpc:
        yield from vpc_findings(vpc, allow_public_range=allowances.public_range)
    subnets = {name: values[name] for name in SUBNETS if name in values}
    yield from subnet_findings(subnets, vpc=vpc, hosts=values.get("ClusterMaxSize"))
    yield from _size_findings(values)
    yield from _processor_findings(values)
    yield from _ssh_findings(values, allowances)


def _size_findings(values: Mapping[str, Any]) -> Iterator[Finding]:
    smallest, largest = values.get("ClusterSize"), values.get("ClusterMaxSize")
    if smallest is not None and largest is not None and smallest > largest:
        yield "ClusterSize", f"more than ClusterMaxSize {largest}", ""


def _processor_findings(values: Mapping[str, Any]) -> Iterator[Finding]:
    architecture = values.get("Architecture")
    for name, default in DEFAULT_TYPES.get(architecture or "", {}).items():
        if name in values and architecture_of(values[name]) != architecture:
            other = architecture_of(values[name])
            yield name, f"has an {other} processor, yet Architecture is {architecture}", default


def _ssh_findings(values: Mapping[str, Any], allowances: Allowances) -> Iterator[Finding]:
    network = values.get("AllowSSHFrom")
    if network is None or allowances.wide_ssh or network.prefixlen >= WIDEST_SSH_PREFIX:
        return
    whom = "the whole world" if network.prefixlen == 0 else f"{network.num_addresses:,} addresses"
    yield "AllowSSHFrom", f"lets {whom} try; name a /24 or less, or mean it with --allow-wide-ssh", ""
