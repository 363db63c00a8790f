"""What may leave the region is what belongs to the world, and nothing of this machine's."""

from ipaddress import IPv4Address

import pytest

from stax_local.network.outward import OURS_OR_NOBODYS, is_the_worlds, outward_text


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "100.100.1.1", "224.0.0.251",
     "255.255.255.255", "0.1.2.3", "198.51.100.1", "203.0.113.4", "192.0.2.1"],
)  # fmt: skip
def test_this_machine_its_network_and_nobodys_addresses_stay(address: str) -> None:
    assert not IPv4Address(address).is_global or IPv4Address(address).is_multicast
    assert not is_the_worlds(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "151.101.0.1", "172.32.0.1", "11.0.0.1"])
def test_the_worlds_addresses_are_called(address: str) -> None:
    assert is_the_worlds(address)


def test_the_kernel_hands_over_nothing_that_would_not_be_called() -> None:
    assert f"ip daddr != {{ {', '.join(OURS_OR_NOBODYS)} }} dnat" in outward_text()
