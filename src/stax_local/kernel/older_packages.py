"""Packages of an older Debian in a root file system: fetched from the archive, held against their digest, installed.

An archive's own index would be 8 MB to learn what the digest says already, and goes away with its
Debian; the package itself moves to archive.debian.org then.
"""

import hashlib
import shlex
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath

from stax_local.kernel.debootstrap import run_inside
from stax_local.kernel.process import KernelError

ARCHIVES = ("http://deb.debian.org/debian", "http://archive.debian.org/debian")
_ANSWER_LIMIT_S = 60.0
_TRIES = 2


@dataclass(frozen=True, slots=True)
class OlderPackage:
    """A package by the SHA-256 of its file, and where the file is in an archive."""

    sha256: str
    path: str

    @property
    def file(self) -> str:
        """The name of its file."""
        return PurePosixPath(self.path).name


Fetch = Callable[[str], bytes]


def install(root: Path, package: OlderPackage, tell: Callable[[str], None]) -> None:
    """Install it with the root's own dpkg; what it depends on is there.  Raises KernelError."""
    tell(f"installing {package.file}...")
    inside = Path("var/tmp") / package.file
    (root / inside).write_bytes(fetched(package))
    # Unpacked from outside, a package that has a folder /lib would replace the root's link of that name.
    run_inside(root, f"DEBIAN_FRONTEND=noninteractive dpkg --install /{shlex.quote(str(inside))}")
    (root / inside).unlink()


def get(url: str) -> bytes:
    """What is there; by the proxy of the environment, as apt does.  Raises OSError or HTTPException."""
    with urllib.request.urlopen(url, timeout=_ANSWER_LIMIT_S) as answer:  # noqa: S310 - ARCHIVES are HTTP
        content: bytes = answer.read()
    return content


def fetched(package: OlderPackage, get: Fetch = get) -> bytes:
    """The package's file, from the first archive that has the right one.  Raises KernelError with what each said."""
    said = []
    for archive in ARCHIVES * _TRIES:
        url = f"{archive}/{package.path}"
        try:
            content = get(url)
        except (OSError, HTTPException) as error:
            said.append(f"{url}: {error}")
            continue
        found = hashlib.sha256(content).hexdigest()
        if found == package.sha256:
            return content
        said.append(f"{url}: its SHA-256 is {found}, not {package.sha256}")
    raise KernelError("\n".join(said))
