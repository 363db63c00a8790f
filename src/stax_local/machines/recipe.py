"""What the machines' root file system is made of, and the digest that names what comes of it."""

import hashlib
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stax_local.kernel.older_packages import OlderPackage

IMAGE = Path(__file__).parent.parent / "image"
SUITE = "bookworm"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Debian packages, files laid over them, and a script that runs inside at the end."""

    suite: str
    packages: tuple[str, ...]
    files: Path
    customize: str
    older: tuple[OlderPackage, ...] = ()
    """Packages that this suite has not."""

    @property
    def digest(self) -> str:
        """Names the result: another recipe, another name."""
        parts = hashlib.sha256()
        for part in (self.suite, *self.packages, *(package.sha256 for package in self.older), self.customize):
            parts.update(part.encode() + b"\0")
        for path in sorted(_files(self.files)):
            parts.update(f"{path.relative_to(self.files)}\0".encode() + path.read_bytes() + b"\0")
        return parts.hexdigest()[:16]


def recipe(image: Path = IMAGE, machine: str | None = None) -> Recipe:
    """The recipe in this folder, for a kernel's name of an architecture; by default this host's."""
    older = (OlderPackage(*words) for words in _lines(image / "older-packages", _debian(machine)))
    packages = (name for (name,) in _lines(image / "packages"))
    return Recipe(SUITE, tuple(packages), image / "rootfs", (image / "customize").read_text(), tuple(older))


def _debian(machine: str | None) -> str:
    """Debian's name of the architecture."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine or platform.machine(), "unknown")


def _lines(path: Path, first: str = "") -> Iterator[list[str]]:
    """The words of each line that says something; with `first`, what follows it in the lines that begin so."""
    for line in path.read_text().splitlines():
        words = line.partition("#")[0].split()
        if words and words[0] == (first or words[0]):
            yield words[1:] if first else words


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
