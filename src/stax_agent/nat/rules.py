"""The rules of a NAT box as its agent loads them, in one transaction.  Pure.

A zone's connections are translated to the private address that holds its Elastic IP when this box carries
it: the home address for the own zone, the secondary address for the peer's.  The kernel does all of it, so it
translates what ICMP errors quote as well.
"""

from stax_agent.line import RELAY_PORT
from stax_agent.nat.openers import MARK as OPENER_MARK
from stax_agent.nat.relay import MARK as RELAY_MARK
from stax_agent.nat.site import Site

CANARY_PORT = 3782
METRICS_PORT = 9784
AGENT_PORTS = "3780-3782"

_RULES = """\
table inet stax_nat {{}}
delete table inet stax_nat
table inet stax_nat {{
    # Zones that have been here for as long as a connection may be idle.
    set settled {{
        type ipv4_addr; flags interval;{settled}
    }}
    chain before_tracking {{
        type filter hook prerouting priority raw; policy accept;
        # Heartbeats need no room in the table: not when it is full either.  What is cheap to ask is asked first.
        udp dport {ports} fib daddr type local notrack
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
        ip saddr @settled ip daddr != {vpc} meta l4proto tcp jump ended
        # A stray packet is dropped, never forwarded untranslated to draw a reset onto a live connection.
        ct state invalid counter drop
        # What an internet gateway takes is at most 1,500 bytes long; within a VPC it may be 9,001.
        ip saddr {{ {inside} }} ip daddr != {vpc} tcp flags syn tcp option maxseg size set 1460 accept
        ip saddr {{ {inside} }} ip daddr != {vpc} accept
    }}
    chain ended {{
        # What the inside sends on a connection that is not known: it has been idle for too long and is reset, as
        # a NAT gateway does.  Not where the zone has just come: there it may be one that nobody had told of.
        tcp flags & (fin | syn | rst) == fin ct state invalid,new counter reject with tcp reset
        tcp flags & (syn | rst) == 0 ct state new counter reject with tcp reset
    }}
    chain closing {{
        tcp flags & rst != 0 ct mark set ct mark | 4 return
        ct direction original ct mark set ct mark | 1
        ct direction reply ct mark set ct mark | 2
        ct mark & 3 == 3 ct mark set ct mark | 4
    }}
    chain translate {{
        type nat hook postrouting priority srcnat; policy accept;
        # What the relay sends on where this box has no address of its own.
        meta mark {relay_mark:#x} ip daddr != {vpc} snat ip to {stand_in}
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
        tcp dport {metrics_port} ip saddr {{ {inside} }} accept
        # From the jumpbox; the docker hosts are clients here, not operators.
        tcp dport 22 ip saddr {vpc} ip saddr != {{ {inside} }} accept
    }}
}}
"""


def ruleset(site: Site, *, settled: frozenset[int] = frozenset()) -> str:
    """Return the text for `nft --file`.  `settled`: the zones whose unknown connections are reset."""
    zones = sorted(site.zones.items())
    old = ", ".join(zone.inside for number, zone in zones if number in settled)
    return _RULES.format(
        vpc=site.vpc,
        settled=f" elements = {{ {old} }}" if old else "",
        peer=site.zones[site.peer].home,
        inside=", ".join(zone.inside for _, zone in zones),
        ports=AGENT_PORTS,
        opener_mark=OPENER_MARK,
        canary_port=CANARY_PORT,
        relay_port=RELAY_PORT,
        relay_mark=RELAY_MARK,
        stand_in=site.stand_in,
        metrics_port=METRICS_PORT,
        translations="\n".join(_translation(site, number) for number, _ in zones),
    )


def _translation(site: Site, zone: int) -> str:
    """All ports but the privileged ones, where the kernel would otherwise keep the low ones among themselves."""
    matched, holder = f"        ip saddr {site.zones[zone].inside} ip daddr != {site.vpc}", site.holder(zone)
    return f"{matched} meta l4proto {{ tcp, udp }} snat ip to {holder}:1024-65535\n{matched} snat ip to {holder}"
