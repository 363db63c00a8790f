"""The duty of every machine at its boot: to publish its ssh host key, the jumpbox also the key of its own."""

from dataclasses import dataclass
from pathlib import Path

from stax_agent.aws import Aws
from stax_agent.imds import Machine
from stax_agent.keys import read_public_key
from stax_agent.parameters import publish_host_key, publish_jumpbox_key


@dataclass(frozen=True)
class Keys:
    """Where the public halves lie."""

    host: Path = Path("/etc/ssh/ssh_host_ed25519_key.pub")
    jumpbox: Path = Path("/var/lib/stax-jump/id_ed25519.pub")


def publish(aws: Aws, machine: Machine, keys: Keys) -> str:
    """Publish what there is to publish and return what was done; raises Setback when it must be tried again."""
    was_new = publish_host_key(aws, machine, read_public_key(keys.host))
    done = f"host-key={'published' if was_new else 'was-published'} instance={machine.instance_id}"
    if machine.role == "jump":
        publish_jumpbox_key(aws, machine.stax_name, read_public_key(keys.jumpbox))
        done += " jumpbox-key=published"
    return done
