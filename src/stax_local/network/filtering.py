"""A VPC's packet filter as an nft table: what AWS does at each network interface.

The source/destination check, then the security groups, stateful.  A chain that is gone to does not
come back, so "allowed" is written as the next chain to go to: egress of the sender -> `enter` ->
ingress of the receiver (or the internet) -> `allow`.
"""

from collections.abc import Collection, Iterable, Iterator

from stax_local.desired import Rule, SecurityGroup
from stax_local.network import names
from stax_local.network.icmp_errors import ERRORS
from stax_local.network.ports import Port
from stax_local.network.tables import elements

GATEWAY_MARK = 1

_ICMP = {"icmp", "1"}
_ICMPV6 = "58"
_WITH_PORTS = {"tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp"}
_ANY_PORT = (0, 65535)
_LAST_NUMBER = 255
"""Of protocols, and of ICMP's types and codes."""


def filter_text(ports: Collection[Port], groups: Collection[SecurityGroup], resolver: str) -> str:
    """The body of the table, the same for the same account whatever its order."""
    ordered = sorted(ports, key=lambda port: port.interface.id)
    known = {group.id for group in groups}
    lines = [
        *_sets(ordered),
        *_members(ordered, groups),
        _own_hooks(resolver),
        _forward_hook(ordered),
        *_interface_chains(ordered, known),
        *_group_chains(groups, known),
    ]
    return "\n".join(lines) + "\n"


def _sets(ports: list[Port]) -> Iterator[str]:
    own = [f'"{port.device}" . {address}' for port in ports for address in port.addresses]
    checked = [f'"{port.device}"' for port in ports if port.interface.source_dest_check]
    marks = [(port.device, port.mark) for port in ports] + [(names.GATEWAY_DEVICE, GATEWAY_MARK)]
    yield elements("set", "own", "ifname . ipv4_addr", own)
    yield elements("set", "checked", "ifname", checked)
    yield elements("map", "mark_of", "ifname : mark", (f'"{device}" : {mark:#x}' for device, mark in marks))
    yield elements("set", "settled", "ifname . mark", (f'"{device}" . {mark:#x}' for device, mark in marks))


def _members(ports: list[Port], groups: Iterable[SecurityGroup]) -> Iterator[str]:
    """Per group the private addresses of its members: what a rule that names a group means."""
    for group in sorted(groups, key=lambda group: group.id):
        members = [address for port in ports if group.id in port.interface.group_ids for address in port.addresses]
        yield elements("set", group.id, "ipv4_addr", sorted(members))


def _own_hooks(resolver: str) -> str:
    """What machines say to the VPC itself, and what it says to them."""
    return f"""
chain from_machines {{ type filter hook prerouting priority raw; policy accept;
  iifname @checked iifname . ip saddr != @own counter drop
}}
chain to_services {{ type filter hook input priority filter; policy drop;
  iifname "lo" accept
  iifname "{names.GATEWAY_DEVICE}" ip daddr {names.RETURNS_ADDRESS} meta l4proto icmp accept
  # Who asks is known by its address: nobody may borrow another's, source check or not.
  iifname . ip saddr != @own drop
  ip daddr {names.METADATA_ADDRESS} tcp dport 80 accept
  ip daddr {{ {names.RESOLVER_ADDRESS}, {resolver} }} meta l4proto {{ tcp, udp }} th dport 53 accept
}}
chain from_here {{ type filter hook output priority filter; policy accept;
  # An error about a packet that nobody sent.
  icmp type {{ {", ".join(str(each) for each in ERRORS)} }} ct state invalid drop
}}"""


def _forward_hook(ports: list[Port]) -> str:
    """What goes from one interface to another."""
    egress = ", ".join(f'"{port.device}" : jump out-{port.interface.id}' for port in ports)
    ingress = ", ".join(f'"{port.device}" : goto in-{port.interface.id}' for port in ports)
    return f"""
chain between_interfaces {{ type filter hook forward priority filter; policy drop;
  oifname @checked oifname . ip daddr != @own counter drop
  ct state invalid drop
  ct state related accept
  ct direction reply ct state established accept
  # An open connection that is routed to another interface is new to that one.
  ct state established oifname . ct mark @settled accept
  iifname "{names.GATEWAY_DEVICE}" goto enter
  {f"iifname vmap {{ {egress} }}" if egress else ""}
}}
chain enter {{
  oifname "{names.GATEWAY_DEVICE}" goto allow
  {f"oifname vmap {{ {ingress} }}" if ingress else ""}
  drop
}}
chain allow {{
  ct mark set oifname map @mark_of
  accept
}}"""


def _interface_chains(ports: list[Port], known: Collection[str]) -> Iterator[str]:
    """A packet passes if any of the interface's groups lets it."""
    for port in ports:
        group_ids = sorted(set(port.interface.group_ids) & set(known))
        for way in ("in", "out"):
            jumps = "".join(f"  jump {way}-{group_id}\n" for group_id in group_ids)
            yield f"chain {way}-{port.interface.id} {{\n{jumps}  counter drop\n}}"


def _group_chains(groups: Iterable[SecurityGroup], known: Collection[str]) -> Iterator[str]:
    """A rule that names a group of another VPC, or one that is gone, means nobody."""
    for group in sorted(groups, key=lambda group: group.id):
        for way, rules, verdict in (("in", group.ingress, "goto allow"), ("out", group.egress, "goto enter")):
            matches = sorted(
                {match for rule in _meaningful(rules, known) if (match := rule_match(rule, way)) is not None}
            )
            body = "".join(f"  {match} {verdict}\n" for match in matches)
            yield f"chain {way}-{group.id} {{\n{body}}}"


def _meaningful(rules: Iterable[Rule], known: Collection[str]) -> Iterator[Rule]:
    return (rule for rule in rules if not rule.group_id or rule.group_id in known)


def rule_match(rule: Rule, way: str) -> str | None:
    """The nft match of one rule, `way` in or out; None for what no IPv4 packet can match."""
    peer = "saddr" if way == "in" else "daddr"
    if rule.group_id:
        who = f"ip {peer} @{rule.group_id}"
    elif rule.cidr_block and ":" not in rule.cidr_block:
        who = "" if rule.cidr_block == "0.0.0.0/0" else f"ip {peer} {rule.cidr_block}"
    else:
        return None
    what = _protocol_match(rule)
    return None if what is None else " ".join(filter(None, (who, what)))


def _protocol_match(rule: Rule) -> str | None:
    protocol = rule.protocol.lower()
    if protocol == "-1":
        return ""
    if protocol in _ICMP:
        return _icmp_match(rule)
    if protocol in _WITH_PORTS:
        return _port_match(_WITH_PORTS[protocol], rule)
    is_number = protocol.isdecimal() and int(protocol) <= _LAST_NUMBER and protocol != _ICMPV6
    return f"meta l4proto {protocol}" if is_number else None


def _port_match(protocol: str, rule: Rule) -> str | None:
    first, last = rule.from_port or 0, _ANY_PORT[1] if rule.to_port is None else rule.to_port
    if (first, last) in {_ANY_PORT, (-1, -1)}:
        return f"meta l4proto {protocol}"
    return f"{protocol} dport {first}-{last}" if 0 <= first <= last <= _ANY_PORT[1] else None


def _icmp_match(rule: Rule) -> str | None:
    """For ICMP the two ports are type and code, and -1 stands for any."""
    if rule.from_port in {None, -1}:
        return "meta l4proto icmp"
    if any(number is not None and not -1 <= number <= _LAST_NUMBER for number in (rule.from_port, rule.to_port)):
        return None
    code = "" if rule.to_port in {None, -1} else f" icmp code {rule.to_port}"
    return f"icmp type {rule.from_port}{code}"
