"""The caller's own public address, as the region's side of the internet sees it."""

import urllib.error
import urllib.request
from ipaddress import AddressValueError, IPv4Address

from stax.aws.endpoints import Endpoint
from stax.errors import StaxError

TIMEOUT_S = 5.0
# An address and a newline need 16; more is a login page of some hotel.
MAXIMUM_BYTES = 64


def public_address(endpoint: Endpoint) -> IPv4Address:
    """Ask for this machine's public IPv4 address.  Raises StaxError; never guesses and never widens."""
    url = endpoint.checkip_url
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - https, or a registered endpoint
            return IPv4Address(answer.read(MAXIMUM_BYTES).decode("ascii", "replace").strip())
    except (urllib.error.URLError, OSError, AddressValueError, ValueError) as error:
        message = f"this machine's public address cannot be found: {url} says {error}"
        raise StaxError(
            message, hint="write it into the configuration, for example AllowSSHFrom 198.51.100.7/32"
        ) from error
