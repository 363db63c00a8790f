"""An instance's source/destination check and security groups are those of its primary interface.

moto: the instance and its interface each have a flag and a list of groups; modifying one leaves
the other, and a group taken off the instance stays on the interface.
AWS: the attributes are the primary network interface's, however they are asked for.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
"""

from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("primary_interface")


def _primary(instance: Any) -> Any:
    return getattr(instance, "nics", {}).get(0)


def _check(instance: Any) -> bool:
    interface = _primary(instance)
    return interface is None or str(interface.source_dest_check).lower() == "true"


def _set_check(instance: Any, value: Any) -> None:
    interface = _primary(instance)
    if interface is not None:  # moto's constructor sets the flag before there is an interface
        interface.source_dest_check = str(value).lower() == "true"


def _groups(instance: Any) -> list[Any]:
    interface = _primary(instance)
    # moto hands the groups of a launch over before the interface exists.
    return list(interface._group_set if interface is not None else vars(instance).get("_launch_groups", []))


def _set_groups(instance: Any, groups: list[Any]) -> None:
    interface = _primary(instance)
    if interface is None:
        instance._launch_groups = list(groups)
    else:
        interface._group_set = list(groups)


PATCH.sets(Instance, "source_dest_check", property(_check, _set_check))
PATCH.sets(Instance, "security_groups", property(_groups, _set_groups))
PATCH.sets(NetworkInterface, "group_set", property(lambda self: list(self._group_set)))
