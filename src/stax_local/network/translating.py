"""Elastic IPs as an nft table: one to one, packet by packet, at the internet gateway.

AWS's translation keeps no state, so neither does this: it comes before connections are looked up on
the way in and after it on the way out, and an open connection may go on by another machine at any time.
"""

from collections.abc import Collection

from stax_local.network.icmp_errors import ERRORS
from stax_local.network.names import GATEWAY_DEVICE, RETURNS_ADDRESS
from stax_local.network.ports import Port
from stax_local.network.tables import elements


def translation_text(ports: Collection[Port]) -> str:
    """The body of the table, the same for the same account whatever its order."""
    pairs = sorted(dict(pair for port in ports for pair in port.public_pairs).items())
    errors = ", ".join(str(each) for each in ERRORS)
    return f"""
{elements("map", "private_of", "ipv4_addr : ipv4_addr", (f"{public} : {own}" for public, own in pairs))}
{elements("map", "public_of", "ipv4_addr : ipv4_addr", (f"{own} : {public}" for public, own in pairs))}
chain from_outside {{ type filter hook prerouting priority raw; policy accept;
  iifname "{GATEWAY_DEVICE}" ip saddr 169.254.0.0/16 drop
  iifname "{GATEWAY_DEVICE}" icmp type {{ {errors} }} ip daddr @private_of ip daddr set {RETURNS_ADDRESS} accept
  iifname "{GATEWAY_DEVICE}" ip daddr set ip daddr map @private_of
}}
chain to_outside {{ type filter hook postrouting priority 300; policy accept;
  # No way out without a public address.
  oifname "{GATEWAY_DEVICE}" ip saddr != @public_of counter drop
  oifname "{GATEWAY_DEVICE}" ip saddr set ip saddr map @public_of
}}
"""
