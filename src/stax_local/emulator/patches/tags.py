"""Only what exists is tagged.

moto: CreateTags takes any id of an instance, an interface, an address or a key pair, and keeps its tags for ever.
AWS: the resource has to exist.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidAllocationIdError, InvalidInstanceIdError
from moto.ec2.models import EC2Backend

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("tags")


@PATCH.wraps(EC2Backend, "do_resources_exist")
def _exist(original: Callable[..., Any], self: Any, resource_ids: list[str]) -> Any:
    for resource_id in resource_ids:
        look = LOOKS.get(resource_id.partition("-")[0])
        if look:
            look(self, resource_id)
    return original(self, resource_ids)


def _instance(ec2: Any, instance_id: str) -> None:
    if ec2.get_instance_by_id(instance_id) is None:
        raise InvalidInstanceIdError(instance_id)


def _interface(ec2: Any, interface_id: str) -> None:
    ec2.get_network_interface(interface_id)


def _address(ec2: Any, allocation_id: str) -> None:
    if all(address.allocation_id != allocation_id for address in ec2.addresses):
        raise InvalidAllocationIdError(allocation_id)


def _key_pair(ec2: Any, key_pair_id: str) -> None:
    if all(pair.id != key_pair_id for pair in ec2.key_pairs.values()):
        raise EC2ClientError("InvalidKeyPair.NotFound", f"The key pair '{key_pair_id}' does not exist")


LOOKS: dict[str, Callable[[Any, str], None]] = {
    "i": _instance,
    "eni": _interface,
    "eipalloc": _address,
    "key": _key_pair,
}
