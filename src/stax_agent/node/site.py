"""Where this agent is: the host it runs on, its stax, and what every part of it needs."""

from dataclasses import dataclass

from stax_agent.aws import Aws
from stax_agent.imds import Imds, Machine
from stax_agent.node.store import Store


@dataclass(frozen=True, kw_only=True)
class Site:
    """This docker host and its stax."""

    machine: Machine
    private_ip: str
    aws: Aws
    imds: Imds
    store: Store

    @property
    def instance_id(self) -> str:
        """This host."""
        return self.machine.instance_id

    @property
    def stax_name(self) -> str:
        """The stax it belongs to."""
        return self.machine.stax_name


def look_around() -> Site:
    """Ask the metadata service; raises Setback while it does not answer."""
    imds = Imds()
    machine = imds.machine()
    aws = Aws(machine.region, imds.credentials)
    return Site(
        machine=machine,
        private_ip=imds.get("local-ipv4"),
        aws=aws,
        imds=imds,
        store=Store(aws, machine.stax_name),
    )
