"""An interface is attached once, to a free place; a volume says whether it goes with its instance.

moto: RunInstances takes an interface that another instance has; AttachNetworkInterface puts a
second one at the same device index; DetachNetworkInterface takes the primary interface away, after which
DescribeInstances breaks; volumes' attachments lack DeleteOnTermination.
AWS: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VolumeAttachment.html
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import VolumeAttachment
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
from moto.ec2.models.instances import InstanceBackend

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("attachments")


def _refuse_attached(interface: Any) -> None:
    if interface.instance is not None:
        raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface: [{interface.id}] in use.")


@PATCH.wraps(InstanceBackend, "run_instances")
def _run(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    for interface in kwargs.get("nics") or []:
        if interface.get("NetworkInterfaceId"):
            _refuse_attached(self.get_network_interface(interface["NetworkInterfaceId"]))
    return original(self, *args, **kwargs)


@PATCH.wraps(NetworkInterfaceBackend, "attach_network_interface")
def _attach(original: Callable[..., Any], self: Any, eni_id: str, instance_id: str, device_index: int) -> Any:
    interface, instance = self.get_network_interface(eni_id), self.get_instance(instance_id)
    _refuse_attached(interface)
    if instance.state not in {"running", "stopped"}:
        raise EC2ClientError("IncorrectState", f"Instance '{instance_id}' is not 'running' or 'stopped'.")
    if int(device_index) in instance.nics:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Instance '{instance_id}' already has an interface attached at device index '{device_index}'.",
        )
    if interface.subnet.availability_zone != instance.placement.zone:
        raise EC2ClientError(
            "InvalidParameterCombination", "You may not attach a network interface to an instance in another zone."
        )
    return original(self, eni_id, instance_id, device_index)


@PATCH.wraps(NetworkInterfaceBackend, "detach_network_interface")
def _detach(original: Callable[..., Any], self: Any, attachment_id: str) -> Any:
    for interface in self.enis.values():
        if interface.attachment_id == attachment_id and interface.instance and interface.device_index == 0:
            raise EC2ClientError(
                "OperationNotPermitted", "The network interface at device index 0 and networkCard index 0 cannot be "
                "detached."
            )  # fmt: skip
    return original(self, attachment_id)


def _goes_along(attachment: Any) -> bool:
    block = attachment.instance.block_device_mapping.get(attachment.device)
    return bool(block is not None and block.delete_on_termination)


PATCH.sets(VolumeAttachment, "delete_on_termination", property(_goes_along))
