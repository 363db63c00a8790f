"""Whatever is asked, in whatever order: an address has one owner, and what is gone holds nothing."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stax_local.emulator import account as accounts
from stax_local.emulator import observe, transition

STEPS = (
    "interface",
    "launch",
    "adopt",
    "associate",
    "secondary",
    "move",
    "stop",
    "start",
    "terminate",
    "delete",
    "arrive",
)


class Hand:
    """Does one step with the things there are, chosen by number; a refusal is an answer like another."""

    def __init__(self, account: Any) -> None:
        self.account, self.ec2 = account, account.ec2
        self.subnet_id = account.subnet(cidr_block="10.0.1.0/28")
        self.elastic_ips = [account.elastic_ip()[0] for _ in range(2)]
        self.steps: dict[str, Callable[[int], Any]] = {
            "interface": lambda _n: account.interface(self.subnet_id),
            "launch": lambda _n: account.launch_pending(SubnetId=self.subnet_id),
            "adopt": lambda n: account.launch_pending(interface_id=self.an_interface(n)),
            "associate": lambda n: self.associate(n, AllowReassociation=False),
            "move": lambda n: self.associate(n, AllowReassociation=True),
            "secondary": lambda n: self.ec2.assign_private_ip_addresses(
                NetworkInterfaceId=self.an_interface(n), PrivateIpAddresses=["10.0.1.9"], AllowReassignment=bool(n % 2)
            ),
            "stop": lambda n: self.ec2.stop_instances(InstanceIds=[self.an_instance(n)]),
            "start": lambda n: self.ec2.start_instances(InstanceIds=[self.an_instance(n)]),
            "terminate": lambda n: self.ec2.terminate_instances(InstanceIds=[self.an_instance(n)]),
            "delete": lambda n: self.ec2.delete_network_interface(NetworkInterfaceId=self.an_interface(n)),
            "arrive": self.arrive,
        }

    def an_interface(self, number: int) -> str:
        ids = [*observe.snapshot().network_interfaces, "eni-0123456789abcdef0"]
        return ids[number % len(ids)]

    def an_instance(self, number: int) -> str:
        ids = [*observe.snapshot().instances, "i-0123456789abcdef0"]
        return ids[number % len(ids)]

    def associate(self, number: int, **how: bool) -> None:
        self.ec2.associate_address(
            AllocationId=self.elastic_ips[number % 2], NetworkInterfaceId=self.an_interface(number), **how
        )

    def arrive(self, number: int) -> None:
        instance_id = self.an_instance(number)
        for report in (transition.running, transition.terminated):
            report(instance_id)
        if (instance := observe.snapshot().instances.get(instance_id)) and instance.state == "stopping":
            transition.stopped(instance_id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7)), max_size=25))
def test_an_address_has_one_owner_and_what_is_gone_holds_nothing(account: Any, steps: list[tuple[str, int]]) -> None:
    accounts.forget()
    hand = Hand(account)

    for step, number in steps:
        with suppress(ClientError):
            hand.steps[step](number)
        check(observe.snapshot())


def check(world: Any) -> None:
    private = [item.address for interface in world.network_interfaces.values() for item in interface.addresses]
    assert len(private) == len(set(private))
    assert not {f"10.0.1.{last}" for last in (0, 1, 2, 3, 15)} & set(private)
    public = {
        item.allocation_id: (interface.id, item.address)
        for interface in world.network_interfaces.values()
        for item in interface.addresses
        if item.allocation_id
    }
    held = {
        elastic.allocation_id: (elastic.network_interface_id, elastic.private_ip)
        for elastic in world.elastic_ips.values()
        if elastic.association_id
    }
    assert public == held
    for instance in world.instances.values():
        assert (instance.state == "terminated") == (not instance.network_interface_ids)
        for interface_id in instance.network_interface_ids:
            assert world.network_interfaces[interface_id].instance_id == instance.id
    for interface in world.network_interfaces.values():
        if interface.instance_id:
            assert interface.id in world.instances[interface.instance_id].network_interface_ids


@pytest.mark.parametrize("step", STEPS)
def test_every_step_can_be_done(account: Any, step: str) -> None:
    hand = Hand(account)
    instance_id = account.launch(SubnetId=hand.subnet_id)
    if step == "start":
        account.ec2.stop_instances(InstanceIds=[instance_id])
        transition.stopped(instance_id)
    if step in {"adopt", "delete"}:
        account.interface(hand.subnet_id)

    hand.steps[step](1 if step in {"adopt", "delete"} else 0)
