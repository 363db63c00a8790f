"""Which network interfaces are alive, and where they are plugged in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from stax_local.desired import Instance, NetworkInterface, Subnet, World
from stax_local.network import names
from stax_local.observed import Cable, End

ALIVE = frozenset({"pending", "running", "stopping", "shutting-down"})
"""The states of an instance in which there is a machine."""


@dataclass(frozen=True, slots=True)
class Port:
    """A network interface plugged into a machine that exists."""

    interface: NetworkInterface
    subnet: Subnet

    @property
    def device(self) -> str:
        """Its end in the VPC's namespace."""
        return names.device("e", self.interface.id)

    @property
    def mark(self) -> int:
        """The connection mark that says: this interface has let the connection in."""
        return names.number(self.interface.id)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All private addresses, the primary one first."""
        ordered = sorted(self.interface.addresses, key=lambda address: not address.is_primary)
        return tuple(address.address for address in ordered)

    @property
    def public_pairs(self) -> Iterator[tuple[str, str]]:
        """(public, private) of every address that has a public one."""
        return ((each.public_ip, each.address) for each in self.interface.addresses if each.public_ip)


def is_alive(instance: Instance | None) -> bool:
    """Whether there is, or is about to be, a machine behind the instance."""
    return instance is not None and instance.state in ALIVE


def alive_ports(world: World) -> Mapping[str, Port]:
    """Every port by its network interface's id."""
    return {
        interface.id: Port(interface, world.subnets[interface.subnet_id])
        for interface in world.network_interfaces.values()
        if is_alive(world.instances.get(interface.instance_id))
        and interface.subnet_id in world.subnets
        and interface.addresses
    }


def cable(port: Port, namespaces: names.Names) -> Cable:
    """The pair between the VPC and the machine, with what DHCP would have told the machine."""
    device = f"eth{port.interface.device_index}"
    router = names.router_address(port.subnet.cidr_block)
    prefix_length = IPv4Network(port.subnet.cidr_block).prefixlen
    setup = [
        "link set lo up",
        f"link set {device} up",
        f"addr add {port.addresses[0]}/{prefix_length} dev {device}",
    ]
    if port.interface.device_index == 0:
        setup.append(f"route add default via {router}")
    return Cable(
        near=End(namespaces.vpc(port.interface.vpc_id), port.device, names.ROUTER_MAC),
        far=End(namespaces.machine(port.interface.instance_id), device, port.interface.mac_address.lower()),
        mtu=names.MACHINE_MTU,
        setup=tuple(setup),
    )
