"""What people call a machine, the same wherever it is asked for.  Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_STAX, _ROLE = "stax:name", "stax:role"
"""The tags by which machines of a stax know whose they are and what."""


@dataclass(frozen=True, slots=True)
class Nameable:
    """A machine, as far as names go; `launched` is in ISO 8601, to the second."""

    instance_id: str
    hostname: str
    launched: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """A machine, what to call it, and whatever else it answers to."""

    instance_id: str
    called: str
    names: frozenset[str]


def named(machines: Iterable[Nameable]) -> list[Named]:
    """All machines; docker hosts are numbered, the oldest first, as `stax describe` does."""
    by_age = sorted(machines, key=lambda each: (each.launched, each.instance_id))
    docker_hosts = [each.instance_id for each in by_age if each.tags.get(_ROLE) == "docker"]
    numbers = {instance_id: f"docker{number}" for number, instance_id in enumerate(docker_hosts, start=1)}
    return [_named(each, numbers.get(each.instance_id, "")) for each in by_age]


def _named(machine: Nameable, number: str) -> Named:
    name = machine.tags.get("Name", "")
    short = name.removesuffix(f"-{machine.tags.get(_STAX, '')}")
    names = {machine.instance_id, machine.hostname, name, short, machine.tags.get(_ROLE, ""), number} - {""}
    return Named(machine.instance_id, number or short or machine.instance_id, frozenset(names))
