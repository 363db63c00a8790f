"""The person's ssh key: their own, or one made here.  Only its public half is ever sent anywhere."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stax.errors import StaxError, UsageError

KEYGEN_TIMEOUT_S = 30
MAXIMUM_FILE_BYTES = 16_384
# The kinds that EC2 imports: ed25519, and RSA; the 372 base64 characters are a 2048-bit key's.
_PUBLIC = re.compile(r"(ssh-ed25519 [A-Za-z0-9+/]{68}|ssh-rsa [A-Za-z0-9+/]{372,}={0,2})(\s.*)?")


@dataclass(frozen=True, kw_only=True)
class SshKey:
    """A public key, and where its private half lies."""

    public_key: str
    private_path: Path

    @property
    def material(self) -> str:
        """Its kind and key without the comment: what tells one key from another."""
        return " ".join(self.public_key.split()[:2])


def chosen_key(*, wish: Path | None, person_home: Path | None, folder: Path) -> SshKey:
    """Return the key to use: the one wished for, the person's own ed25519 key, or one made in `folder`."""
    there = wish or _own_key(person_home)
    return read_key(there) if there is not None else _made_key(folder / "id_ed25519")


def check_key(*, wish: Path | None, person_home: Path | None) -> None:
    """Raise StaxError when the key that `chosen_key` would take cannot be read, or one not be made."""
    there = wish or _own_key(person_home)
    if there is not None:
        read_key(there)
    else:
        _keygen()


def _own_key(person_home: Path | None) -> Path | None:
    own = (person_home or Path("/nonexistent")) / ".ssh" / "id_ed25519"
    return own if own.is_file() and own.with_suffix(".pub").is_file() else None


def read_key(path: Path) -> SshKey:
    """Read a key by the path of either half."""
    private = path.with_suffix("") if path.suffix == ".pub" else path
    public = Path(f"{private}.pub")
    try:
        with public.open(encoding="utf-8", errors="replace") as file:
            text = file.read(MAXIMUM_FILE_BYTES).strip()
    except OSError as error:
        message = f"the public key {public} cannot be read: {error.strerror}"
        raise UsageError(message, hint=f"write it: ssh-keygen -y -f {private} > {public}") from error
    if "\n" in text or not _PUBLIC.fullmatch(text):
        raise UsageError(f"{public} is no ed25519 or RSA public key", hint="make one: ssh-keygen -t ed25519")
    return SshKey(public_key=text, private_path=private)


def _made_key(path: Path) -> SshKey:
    if not path.exists() or not Path(f"{path}.pub").exists():
        _generate(path)
    return read_key(path)


def _generate(path: Path) -> None:
    """Make a key pair with OpenSSH's own tool; a half that an interrupted attempt left behind goes first."""
    scratch = path.with_name(f".{path.name}.new")
    for stale in (scratch, Path(f"{scratch}.pub"), path):
        stale.unlink(missing_ok=True)
    argv = [_keygen(), "-q", "-t", "ed25519", "-N", "", "-C", "stax", "-f", str(scratch)]
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True, timeout=KEYGEN_TIMEOUT_S)
        Path(f"{scratch}.pub").replace(f"{path}.pub")
        scratch.replace(path)
    except subprocess.CalledProcessError as error:
        raise StaxError(f"ssh-keygen failed: {error.stderr.strip()}", hint="give a key with --ssh-key") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StaxError(f"no ssh key could be made in {path.parent}: {error}") from error


def _keygen() -> str:
    keygen = shutil.which("ssh-keygen")
    if keygen is None:
        raise StaxError("ssh-keygen is not installed", hint="apt install openssh-client, or give a key with --ssh-key")
    return keygen
