"""The docker hosts of this stax, as the jumpbox sees them."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from stax_agent.aws import Aws
from stax_agent.described import described_docker_hosts
from stax_agent.keys import checked_key
from stax_agent.parameters import host_key_name, host_keys

# A terminated instance can be seen for about an hour; it is not there any more.
THERE = ("pending", "running", "stopping", "stopped", "shutting-down")


@dataclass(frozen=True)
class DockerHost:
    """A docker host, numbered by age as everywhere in stax; `host_key` is "" until it has published one."""

    name: str
    instance_id: str
    address: str
    state: str
    host_key: str


def docker_hosts(aws: Aws, stax_name: str) -> list[DockerHost]:
    """Return the docker hosts, the oldest first."""
    found = sorted(_facts(one) for one in described_docker_hosts(aws, stax_name, THERE))
    names = {instance_id: host_key_name(stax_name, "docker", instance_id) for _, instance_id, _, _ in found}
    keys = host_keys(aws, list(names.values()))
    return [
        DockerHost(f"docker{number}", instance_id, address, state, checked_key(keys.get(names[instance_id], "")) or "")
        for number, (_, instance_id, address, state) in enumerate(found, 1)
    ]


def _facts(one: Element) -> tuple[str, str, str, str]:
    """Return launch time, instance id, address and state."""
    return (
        _text(one, "launchTime"),
        _text(one, "instanceId"),
        _text(one, "privateIpAddress"),
        _text(one, "instanceState/name"),
    )


def _text(element: Element, path: str) -> str:
    return element.findtext(path) or ""
