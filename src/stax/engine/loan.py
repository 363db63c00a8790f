"""A public address lent to a NAT box that is put back while its peer holds its own.

A new machine fetches its configuration from outside, and has no way out until its address is back; its
agent takes that back only once it runs.  Taking the address from the peer first would break what is open
through it.  So the box gets another one meanwhile: an Elastic IP with the tag `stax:role` loan, by which
`repair` and `destroy` find it, wherever the one that lent it was interrupted.
"""

from collections.abc import Generator
from typing import Any

from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.engine.clock import Stopwatch
from stax.errors import StaxError, Unhealthy
from stax.events import Event, StepDetail, StepStarted
from stax.model.stack import Stack

ROLE = "loan"
PATIENCE_S = 600.0
"""A box boots, fetches Flatcar's extension and proves itself in two minutes."""

BOXES = {"nat1": 1, "nat2": 2}


def loans(aws: Aws, name: str) -> list[dict[str, Any]]:
    """Return the addresses that are lent within a stax, as EC2 describes them."""
    return _addresses(aws, name, "stax:role", ROLE)


def borrower(address: dict[str, Any], name: str) -> str:
    """Return the machine that an address is lent to."""
    named = next((tag["Value"] for tag in address.get("Tags", ()) if tag["Key"] == "Name"), "")
    return str(named).removeprefix(f"{ROLE}-").removesuffix(f"-{name}")


def lend(aws: Aws, stack: Stack, machine: str) -> Generator[Event, None, None]:
    """Have a NAT box that is about to be made start with a way out, where its peer holds its own address.

    Raises StaxError, with nothing changed, when the account has no Elastic IP left to lend.
    """
    if machine not in BOXES or not aws.endpoint.machines or has_own_address(aws, stack, machine):
        return
    interface_id = _interface(stack, machine)
    address = next((each for each in loans(aws, stack.name) if borrower(each, stack.name) == machine), None)
    if address is None:
        yield StepStarted(step=f"lending {machine} a public address: its peer holds its own, and keeps it for now")
        address = _allocate(aws, stack.name, machine)
        yield StepDetail(text=f"{address['PublicIp']}, until {machine} has its own back")
    if address.get("NetworkInterfaceId") != interface_id:
        aws.call("ec2", "AssociateAddress", AllocationId=address["AllocationId"], NetworkInterfaceId=interface_id)


def give_back(aws: Aws, stack: Stack, allocation_id: str, stopwatch: Stopwatch) -> Generator[Event, None, None]:
    """Release a lent address once its box has its own back.  Raises Unhealthy when that takes too long."""
    began_s = stopwatch.elapsed_s
    while (address := _lent(aws, stack.name, allocation_id)) and _is_needed(aws, stack, address):
        if stopwatch.is_over or stopwatch.elapsed_s - began_s > PATIENCE_S:
            machine = borrower(address, stack.name)
            message = f"{machine} has not taken its own public address back, and keeps the lent {address['PublicIp']}"
            raise Unhealthy(
                message, hint=f"see {aws.command('nat status', stack.name)}; then {aws.command('repair', stack.name)}"
            )
        stopwatch.pause()
    if address:
        _release(aws, address)
        yield StepDetail(text=f"{address['PublicIp']} is given back")


def has_own_address(aws: Aws, stack: Stack, machine: str) -> bool:
    """Whether a NAT box's Elastic IP leads to its own network interface."""
    own = _addresses(aws, stack.name, "Name", f"{machine}-{stack.name}")
    return any(address.get("NetworkInterfaceId") == _interface(stack, machine) for address in own)


def _is_needed(aws: Aws, stack: Stack, address: dict[str, Any]) -> bool:
    machine = borrower(address, stack.name)
    is_lent = address.get("NetworkInterfaceId") == _interface(stack, machine)
    return is_lent and not has_own_address(aws, stack, machine)


def _interface(stack: Stack, machine: str) -> str:
    return stack.outputs.get(f"Nat{BOXES.get(machine, 0)}InterfaceId", "")


def _lent(aws: Aws, name: str, allocation_id: str) -> dict[str, Any] | None:
    return next((each for each in loans(aws, name) if each["AllocationId"] == allocation_id), None)


def _addresses(aws: Aws, name: str, tag: str, value: str) -> list[dict[str, Any]]:
    filters = [{"Name": "tag:stax:name", "Values": [name]}, {"Name": f"tag:{tag}", "Values": [value]}]
    found = aws.pages("ec2", "DescribeAddresses", "Addresses", Filters=filters)
    return [address for address in found if {"Key": tag, "Value": value} in address.get("Tags", ())]


def _allocate(aws: Aws, name: str, machine: str) -> dict[str, Any]:
    tags = {"Name": f"{ROLE}-{machine}-{name}", "stax:name": name, "stax:role": ROLE}
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    specification = {"ResourceType": "elastic-ip", "Tags": listed}
    try:
        return aws.call("ec2", "AllocateAddress", Domain="vpc", TagSpecifications=[specification])
    except AwsError as error:
        if error.code != "AddressLimitExceeded":
            raise
        message = (
            f"{machine} cannot be put back yet: its peer holds its public address, and no other is left to lend it "
            "(the account's quota of Elastic IPs is used up)"
        )
        hint = "nothing was changed, the peer carries both zones on; release an Elastic IP or have the quota raised, "
        raise StaxError(message, hint=f"{hint}then {aws.command('repair', name)}") from error


def _release(aws: Aws, address: dict[str, Any]) -> None:
    if association_id := address.get("AssociationId"):
        aws.call("ec2", "DisassociateAddress", AssociationId=association_id)
    aws.call("ec2", "ReleaseAddress", AllocationId=address["AllocationId"])
