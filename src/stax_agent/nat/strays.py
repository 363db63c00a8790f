"""Connections that began while there were no rules to translate them.

Their entries stay untranslated for as long as anything comes on them, whatever the rules say by then: a
resolver's socket or a canary's would never get out again.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from stax_agent.nat.connections import Connection
from stax_agent.nat.netlink import Table
from stax_agent.nat.site import Site


def untranslated(connections: Iterable[Connection], site: Site) -> Iterator[Connection]:
    """Yield those from a private subnet to beyond the VPC that leave as they came."""
    vpc, insides = IPv4Network(site.vpc), [IPv4Network(zone.inside) for zone in site.zones.values()]
    for each in connections:
        _, source, _, target, _ = each.key
        if each.nat_address != source or IPv4Address(target) in vpc:
            continue
        if any(IPv4Address(source) in inside for inside in insides):
            yield each


def forget_untranslated(site: Site) -> int:
    """Have the kernel forget them, so that their next packet begins anew; return how many there were."""
    table = Table()
    try:
        found = list(untranslated(table.dump(0, 0), site))
        return sum(table.delete(each.key) for each in found)
    finally:
        table.close()
