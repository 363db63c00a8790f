"""A machine as ssh sees it."""

from dataclasses import dataclass

JUMPBOX = "jumpbox"


@dataclass(frozen=True, kw_only=True)
class Host:
    """Where a machine answers, and the name under which its key is pinned."""

    name: str
    """jumpbox, nat1, nat2, docker1, …"""
    instance_id: str
    address: str
    """The jumpbox's public address, the private one of any other."""
    port: int = 22

    @property
    def is_jumpbox(self) -> bool:
        """Whether it is reached from outside, and the others through it."""
        return self.name == JUMPBOX


def alias_of(stax_name: str, machine_name: str) -> str:
    """Return the one name of a machine that no machine of another stax has, such as web-docker1."""
    return f"{stax_name}-{machine_name}"


def aliases(stax_name: str, host: Host) -> tuple[str, ...]:
    """Return every name by which ssh finds a machine, its own first."""
    short = ("stax-jump",) if host.is_jumpbox else ()
    return (alias_of(stax_name, host.name), *short, f"stax-{host.name}", host.instance_id)
