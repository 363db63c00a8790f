"""The region's own layer, between the shared root file system and each machine's disk: names and trust."""

from pathlib import Path

from stax_local.folder import write_atomically
from stax_local.network.names import RESOLVER_ADDRESS

_TRUSTED = Path("etc/ssl/certs/ca-certificates.crt")
_AUTHORITY = Path("usr/local/share/ca-certificates/local-region.crt")


def make_layer(layer: Path, root: Path, authority: Path, domain: str) -> None:
    """Write what all machines of this region share: its resolver, and its authority in the trust store."""
    certificate = authority.read_bytes()
    _write(layer / _TRUSTED, (root / _TRUSTED).read_bytes() + certificate)
    _write(layer / _AUTHORITY, certificate)
    _write(layer / "etc/resolv.conf", f"nameserver {RESOLVER_ADDRESS}\nsearch {domain}\n".encode())


def _write(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return  # machines have it mounted
    _folder(path.parent)
    write_atomically(path, content)
    path.chmod(0o644)


def _folder(path: Path) -> None:
    """Its mode is what machines see, whatever this process's umask."""
    if not path.is_dir():
        _folder(path.parent)
        path.mkdir()
        path.chmod(0o755)
