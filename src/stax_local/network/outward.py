"""What of the internet's traffic leaves the region, as an nft table of the namespace that is the internet.

TCP to the world's public addresses is handed to the uplink, which listens there.  All else stays:
this machine itself, its own network and its cloud's metadata service are nobody's business here.
"""

from ipaddress import IPv4Address, IPv4Network

from stax_local.internet.places import UPLINK_ADDRESS, UPLINK_PORT

# What is not the world's (IANA's IPv4 special-purpose registry), the region's own public ranges among it.
OURS_OR_NOBODYS = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
)


def outward_text() -> str:
    """The body of the table."""
    listed = ", ".join(OURS_OR_NOBODYS)
    return (
        "chain outward { type nat hook prerouting priority -100; policy accept;\n"
        f"  meta l4proto tcp ip daddr != {{ {listed} }} dnat to {UPLINK_ADDRESS}:{UPLINK_PORT}\n"
        "}\n"
    )


def is_the_worlds(address: str) -> bool:
    """Whether an address is one that the uplink calls."""
    return not any(IPv4Address(address) in IPv4Network(block) for block in OURS_OR_NOBODYS)
