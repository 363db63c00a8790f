"""The rules of a NAT box as its agent loads them, in one transaction.  Pure.

A zone's connections are translated to the private address of the NAT box whose zone it is, its *home
address*, on whichever box carries them: so an entry of the table of connections is the same on both.
On the box that stands in, which does not have that address, it is rewritten without state, outside
connection tracking, to and from the secondary address that holds the peer's Elastic IP meanwhile.
"""

from stax_agent.line import RELAY_PORT
from stax_agent.nat.openers import MARK as OPENER_MARK
from stax_agent.nat.site import Site

CANARY_PORT = 3782
AGENT_PORTS = "3780-3782"

_RULES = """\
table inet stax_nat {{}}
delete table inet stax_nat
table inet stax_nat {{
    chain before_tracking {{
        type filter hook prerouting priority -310; policy accept;
        ip daddr {stand_in} ip saddr != {vpc} ip daddr set {peer_home}
        # Heartbeats need no room in the table: not when it is full either.
        fib daddr type local udp dport {ports} notrack
    }}
    chain after_translation {{
        type filter hook postrouting priority 310; policy accept;
        ip saddr {peer_home} ip daddr != {vpc} ip saddr set {stand_in}
    }}
    chain own_output {{
        type filter hook output priority raw; policy accept;
        udp dport {ports} notrack
        meta mark {opener_mark:#x} notrack
    }}
    chain forward {{
        type filter hook forward priority filter; policy drop;
        tcp flags & (fin | rst) != 0 jump closing
        ct state established,related accept
        # A stray packet is dropped, never forwarded untranslated to draw a reset onto a live connection.
        ct state invalid counter drop
        # Windows and segments: what leaves is at most 1,500 bytes long, what the inside sends may be 9,001.
        ip saddr {{ {inside} }} ip daddr != {vpc} tcp flags syn tcp option maxseg size set rt mtu accept
        ip saddr {{ {inside} }} ip daddr != {vpc} accept
    }}
    chain closing {{
        tcp flags & rst != 0 ct mark set ct mark | 4 return
        ct direction original ct mark set ct mark | 1
        ct direction reply ct mark set ct mark | 2
        ct mark & 3 == 3 ct mark set ct mark | 4
    }}
    chain translate {{
        type nat hook postrouting priority srcnat; policy accept;
{translations}
    }}
    chain input {{
        type filter hook input priority filter; policy drop;
        iif lo accept
        ct state established,related accept
        ip saddr {peer} udp dport 3780-3781 accept
        ip saddr {peer} tcp dport {relay_port} accept
        udp dport {canary_port} limit rate 2000/second burst 200 packets accept
        ct state invalid counter drop
        icmp type {{ echo-request, destination-unreachable, time-exceeded }} accept
        # From the jumpbox; the docker hosts are clients here, not operators.
        tcp dport 22 ip saddr {vpc} ip saddr != {{ {inside} }} accept
    }}
}}
"""


def ruleset(site: Site) -> str:
    """Return the text for `nft --file`."""
    translations = (
        f"        ip saddr {zone.inside} ip daddr != {site.vpc} snat ip to {zone.home}"
        for _, zone in sorted(site.zones.items())
    )
    return _RULES.format(
        vpc=site.vpc,
        stand_in=site.stand_in,
        peer=site.zones[site.peer].home,
        peer_home=site.zones[site.peer].home,
        inside=", ".join(zone.inside for _, zone in sorted(site.zones.items())),
        ports=AGENT_PORTS,
        opener_mark=OPENER_MARK,
        canary_port=CANARY_PORT,
        relay_port=RELAY_PORT,
        translations="\n".join(translations),
    )
