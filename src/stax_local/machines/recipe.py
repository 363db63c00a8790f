"""What the machines' root file system is made of, and the digest that names what comes of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IMAGE = Path(__file__).parent.parent / "image"
SUITE = "bookworm"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Debian packages, files laid over them, and a script that runs inside at the end."""

    suite: str
    packages: tuple[str, ...]
    files: Path
    customize: str

    @property
    def digest(self) -> str:
        """Names the result: another recipe, another name."""
        parts = hashlib.sha256()
        for part in (self.suite, *self.packages, self.customize):
            parts.update(part.encode() + b"\0")
        for path in sorted(_files(self.files)):
            parts.update(f"{path.relative_to(self.files)}\0".encode() + path.read_bytes() + b"\0")
        return parts.hexdigest()[:16]


def recipe(image: Path = IMAGE) -> Recipe:
    """The recipe in this folder."""
    lines = (line.partition("#")[0].strip() for line in (image / "packages").read_text().splitlines())
    return Recipe(SUITE, tuple(line for line in lines if line), image / "rootfs", (image / "customize").read_text())


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
