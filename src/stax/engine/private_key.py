"""Which private key on this machine belongs to the public key that the machines trust."""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from pathlib import Path

from stax.aws.keypairs import find_key_pair
from stax.config.names import key_pair_name
from stax.engine.site import Site
from stax.engine.ssh_key import SshKey, read_key
from stax.errors import StaxError, UsageError
from stax.model.stack import Stack


def private_key_of(site: Site, stack: Stack, *, wish: Path | None, person_home: Path) -> Path:
    """Return the path of the private key whose public half EC2 gave to the machines.

    Looked at: the one wished for and no other, else the one that create made, else those in ~/.ssh.
    Raises StaxError with fingerprints when none of them is the one.
    """
    name = stack.parameters.get("KeyName") or key_pair_name(stack.name)
    pair = find_key_pair(site.aws, name)
    if pair is None or not pair.public_key:
        return _uncompared(name, wish)
    wanted = " ".join(pair.public_key.split()[:2])
    seen = []
    for candidate in _candidates(wish, site.local.folder(stack.name), person_home):
        if candidate.material == wanted:
            return candidate.private_path
        seen.append(f"{candidate.private_path} is {fingerprint(candidate.material)}")
    message = f"no private key here opens the machines of {stack.name}: they trust {fingerprint(wanted)}"
    looked_at = seen or [f"there is no key pair in {person_home / '.ssh'}"]
    hint = "\n".join([*looked_at, "name it with --ssh-key FILE, or log in from where the stax was made"])
    raise StaxError(message, hint=hint)


def fingerprint(public_key: str) -> str:
    """Return a public key's fingerprint as ssh-keygen -l shows it."""
    try:
        blob = base64.b64decode(public_key.split()[1], validate=True)
    except (IndexError, binascii.Error):
        return "a key that cannot be read"
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _uncompared(name: str, wish: Path | None) -> Path:
    if wish is None:
        message = f"the key pair {name} is gone from EC2, so stax cannot tell which key the machines trust"
        raise StaxError(message, hint="name the private key with --ssh-key FILE")
    return read_key(wish).private_path


def _candidates(wish: Path | None, folder: Path, person_home: Path) -> Iterator[SshKey]:
    if wish is not None:
        key = read_key(wish)
        if not key.private_path.is_file():
            raise UsageError(f"there is no private key {key.private_path}", hint="name it with --ssh-key FILE")
        yield key
        return
    for public in (folder / "id_ed25519.pub", *sorted((person_home / ".ssh").glob("*.pub"))):
        if not public.with_suffix("").is_file():
            continue
        try:
            yield read_key(public)
        except UsageError:
            continue  # a kind of key that EC2 does not take, so not the one
