"""What an instance type has: memory and processors."""

from typing import Any

from stax_local.desired import Instance
from stax_local.service import Clients

_MIB = 1024 * 1024


class InstanceTypes:
    """Asks the region, once for every type."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[str, Any] = {}

    def memory_bytes(self, instance: Instance) -> int:
        """The memory that AWS gives an instance of this type."""
        size_mib: int = self._of(instance)["MemoryInfo"]["SizeInMiB"]
        return size_mib * _MIB

    def processors(self, instance: Instance) -> int:
        """The virtual processors of an instance of this type."""
        count: int = self._of(instance)["VCpuInfo"]["DefaultVCpus"]
        return count

    def _of(self, instance: Instance) -> Any:
        kind = instance.instance_type
        if kind not in self._known:
            answer = self._clients("ec2", instance.region).describe_instance_types(InstanceTypes=[kind])
            self._known[kind] = answer["InstanceTypes"][0]
        return self._known[kind]
