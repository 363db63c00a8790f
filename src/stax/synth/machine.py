"""A machine as its folder says it: the files that will lie on it, and the units it starts or never starts.

`machines/ROLE/rootfs/etc/…` is what will lie in `/etc/…`; `machines/every/` is what all of them have.  A file
named `X.template` becomes `X`, with its `${Names}` filled in from the stack's parameters.
"""

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MACHINES = Path(__file__).parent.parent / "machines"
SHARED = "every"
TEMPLATE_SUFFIX = ".template"
PROGRAMS = "/opt/bin/"
"""Where programs of our own lie: Flatcar's /usr cannot be written to."""
FILE_MODE, PROGRAM_MODE = 0o644, 0o755
"""Every file is for all to read: what is secret never travels in a machine's configuration."""


class Role(StrEnum):
    """What a machine is for; also the value of its tag `stax:role`, and its folder."""

    JUMP = "jump"
    NAT = "nat"
    DOCKER = "docker"


@dataclass(frozen=True, order=True)
class MachineFile:
    """One file: the absolute path on the machine, and its content."""

    path: str
    content: bytes

    @property
    def mode(self) -> int:
        """Its permissions, which follow from where it lies, so that no copy of the folders can lose them."""
        return PROGRAM_MODE if self.path.startswith(PROGRAMS) else FILE_MODE


@dataclass(frozen=True)
class FetchedFile:
    """A file that Ignition fetches: the path on the machine, its source, and the SHA-512 that it must have."""

    path: str
    source: str
    sha512: str


@dataclass(frozen=True)
class Machine:
    """All that one role's configuration says, in an order that is always the same."""

    files: tuple[MachineFile, ...]
    enabled_units: tuple[str, ...]
    masked_units: tuple[str, ...]
    fetched: tuple[FetchedFile, ...] = ()


def read_machine(role: Role, parameters: Mapping[str, str], *, folder: Path = MACHINES) -> Machine:
    """Read the folders of a role; raises KeyError for a `${Name}` that is no parameter."""
    manifests = [_manifest(folder / part) for part in (SHARED, role)]
    files = [file for part in (SHARED, role) for file in _files(folder / part / "rootfs", parameters)]
    return Machine(
        files=tuple(sorted(files)),
        enabled_units=_units(manifests, "enable"),
        masked_units=_units(manifests, "mask"),
    )


def _manifest(folder: Path) -> Mapping[str, list[str]]:
    return tomllib.loads((folder / "machine.toml").read_text(encoding="utf-8"))


def _units(manifests: list[Mapping[str, list[str]]], verb: str) -> tuple[str, ...]:
    return tuple(sorted({unit for manifest in manifests for unit in manifest.get(verb, [])}))


def _files(rootfs: Path, parameters: Mapping[str, str]) -> Iterator[MachineFile]:
    for source in rootfs.rglob("*"):
        if not source.is_file():
            continue
        path = "/" + source.relative_to(rootfs).as_posix()
        content = source.read_bytes()
        if path.endswith(TEMPLATE_SUFFIX):
            path = path.removesuffix(TEMPLATE_SUFFIX)
            content = string.Template(content.decode("utf-8")).substitute(parameters).encode("utf-8")
        yield MachineFile(path, content)
