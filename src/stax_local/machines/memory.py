"""How much memory an instance type has."""

from stax_local.desired import Instance
from stax_local.service import Clients

_MIB = 1024 * 1024


class InstanceMemory:
    """Asks the region, once for every type."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[str, int] = {}

    def __call__(self, instance: Instance) -> int:
        """The bytes that AWS gives an instance of this type."""
        kind = instance.instance_type
        if kind not in self._known:
            answer = self._clients("ec2", instance.region).describe_instance_types(InstanceTypes=[kind])
            self._known[kind] = answer["InstanceTypes"][0]["MemoryInfo"]["SizeInMiB"] * _MIB
        return self._known[kind]
