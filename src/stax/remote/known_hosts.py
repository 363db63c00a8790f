"""The machines' host keys, pinned before the first connection and never changed after it.

A line's name is the instance id: addresses move from machine to machine, ids are never used again.
"""

import re
from collections.abc import Mapping

from stax.errors import StaxError

# Type, length and key: 51 bytes, of which the first 19 are always the same.
HOST_KEY = re.compile(r"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}")
_LINE = re.compile(rf"(i-[0-9a-f]+) ({HOST_KEY.pattern})")

_HEADER = """\
# The host keys of {name}'s machines, as the machines published them in SSM at their first boot; pinned by stax.
# ssh says that a key has changed?  Then somebody else answers, or somebody made a new key on that machine.
# Do not go on.  Look at the machine (EC2's console output and serial console know it without ssh), and if you
# cannot explain it, terminate it: stax repair {name}
"""


class ChangedHostKey(StaxError):  # noqa: N818 - reads as what it says
    """What a machine publishes is not what was pinned here: never passed over in silence."""


def checked_key(text: str) -> str | None:
    """Return a published host key, None for anything that is not an ed25519 public key and nothing else."""
    key = " ".join(text.split()[:2])
    return key if HOST_KEY.fullmatch(key) else None


def read_pins(text: str) -> dict[str, str]:
    """Return the pinned keys by instance id; comments and what is not ours are passed over."""
    found = (_LINE.fullmatch(line.strip()) for line in text.splitlines())
    return {line[1]: line[2] for line in found if line}


def pinned(before: Mapping[str, str], published: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Add what is published to what is pinned; raises ChangedHostKey where the two differ.

    `names` tells a machine's name by its instance id, for the words of the error.
    """
    for instance_id, key in published.items():
        if before.get(instance_id, key) != key:
            name = names.get(instance_id, instance_id)
            message = f"the host key of {name} ({instance_id}) is not the one that this machine has pinned"
            raise ChangedHostKey(message, hint=_WHAT_TO_DO)
    return {**before, **published}


_WHAT_TO_DO = """\
somebody has rewritten what it published, or made a new key on it: do not log in
look at it without ssh (EC2's console output), and terminate it if you cannot explain the change
only if you changed the key yourself: remove its line from this stax's known_hosts (see stax ssh-config)"""


def known_hosts(stax_name: str, pins: Mapping[str, str]) -> str:
    """Return the file for ssh's UserKnownHostsFile."""
    lines = [f"{instance_id} {key}\n" for instance_id, key in sorted(pins.items())]
    return _HEADER.format(name=stax_name) + "".join(lines)
