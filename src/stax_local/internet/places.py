"""Who lives where on the region's internet (203.0.113.0/24 is TEST-NET-3 of RFC 5737)."""

OPERATOR_ADDRESS = "203.0.113.1"
"""Where the person at the keyboard comes from, and what `checkip` tells them."""

API_ADDRESS = "203.0.113.2"
"""Every `*.amazonaws.com`: the region's own API, on 443 with TLS."""

CHECKIP_ADDRESS = "203.0.113.3"
SERVER_ADDRESSES = ("203.0.113.10", "203.0.113.11")
"""Two servers alike: HTTP that says who called, echo on TCP and UDP, bulk both ways."""

UPLINK_ADDRESS, UPLINK_PORT = "203.0.113.4", 15001
"""What takes up connections to the world, where there is a way out."""

ADDRESSES = (OPERATOR_ADDRESS, API_ADDRESS, CHECKIP_ADDRESS, UPLINK_ADDRESS, *SERVER_ADDRESSES)

TEST_SERVER = "one.example.com"

PUBLIC_NAMES = {
    "checkip.amazonaws.com": CHECKIP_ADDRESS,
    TEST_SERVER: SERVER_ADDRESSES[0],
    "two.example.com": SERVER_ADDRESSES[1],
}

HTTP_PORT = 80
HTTPS_PORT = 443
ECHO_PORT = 7  # RFC 862
