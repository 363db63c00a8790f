"""What works inside each VPC, started and ended with it: metadata service, resolver, ICMP returns."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from stax_local.connections import Server
from stax_local.desired import Instance, World
from stax_local.dns import server as dns
from stax_local.dns.names import resolve
from stax_local.dns.outside import AddressesOf, resolve_outside
from stax_local.icmp_returns import IcmpReturns
from stax_local.kernel import namespaces, sockets
from stax_local.metadata import server as imds
from stax_local.metadata.content import Services, metadata
from stax_local.metadata.tokens import Tokens
from stax_local.network.names import METADATA_ADDRESS, RESOLVER_ADDRESS, Names, resolver_address
from stax_local.network.ports import is_alive

VpcServer = Server | dns.Resolver | IcmpReturns


@dataclass(frozen=True, slots=True)
class _Running:
    """The servers of one VPC, and which namespace they sit in: a name can be taken again."""

    namespace: namespaces.Identity
    servers: tuple[VpcServer, ...]

    def close(self) -> None:
        for server in self.servers:
            with suppress(OSError):
                server.close()


class VpcServices:
    """Follows the world: a set of servers for every VPC that has a router.  One thread owns it."""

    def __init__(
        self, names: Names, world: Callable[[], World], services: Services, outside: AddressesOf | None = None
    ) -> None:
        """`outside` knows the world's names, if the region has a way out."""
        self._further = (lambda question: resolve_outside(question, outside)) if outside else None
        self._names = names
        self._world = world
        self._services = services
        self._tokens = Tokens(time.monotonic)
        self._running: dict[str, _Running] = {}

    def follow(self) -> None:
        """Start what is missing, end what is too much; needs the routers to stand."""
        world = self._world()
        standing = {each: namespaces.identity(self._names.vpc(each)) for each in world.vpcs}
        for vpc_id, running in list(self._running.items()):
            if standing.get(vpc_id) != running.namespace:
                self._running.pop(vpc_id).close()
        for vpc_id, namespace in standing.items():
            if namespace is not None and vpc_id not in self._running:
                self._running[vpc_id] = _Running(namespace, self._start(vpc_id, world))

    def close(self) -> None:
        """End all."""
        for running in self._running.values():
            running.close()
        self._running.clear()

    def _start(self, vpc_id: str, world: World) -> tuple[VpcServer, ...]:
        namespace = self._names.vpc(vpc_id)
        answerer = imds.Answerer(
            instance_at=lambda address: instance_at(self._world(), vpc_id, address),
            metadata_of=lambda instance: metadata(self._world(), instance, self._services),
            tokens=self._tokens,
        )
        resolvers = (
            dns.Resolver(
                sockets.datagrams(namespace, address, dns.PORT),
                sockets.listening(namespace, address, dns.PORT),
                lambda question: resolve(question, self._world(), vpc_id),
                self._further,
            )
            for address in (RESOLVER_ADDRESS, str(resolver_address(world.vpcs[vpc_id].cidr_blocks[0])))
        )
        returns = IcmpReturns(namespace, lambda: private_addresses(self._world(), vpc_id))
        return imds.serve(sockets.listening(namespace, METADATA_ADDRESS, imds.PORT), answerer), returns, *resolvers


def private_addresses(world: World, vpc_id: str) -> dict[str, str]:
    """The private address of every public one in the VPC."""
    interfaces = (each for each in world.network_interfaces.values() if each.vpc_id == vpc_id)
    return {own.public_ip: own.address for each in interfaces for own in each.addresses if own.public_ip}


def instance_at(world: World, vpc_id: str, address: str) -> Instance | None:
    """The living machine of the VPC with this private address."""
    for interface in world.network_interfaces.values():
        if interface.vpc_id == vpc_id and any(own.address == address for own in interface.addresses):
            instance = world.instances.get(interface.instance_id)
            if is_alive(instance):
                return instance
    return None
