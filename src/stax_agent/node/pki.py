"""One certificate authority for the docker hosts of a stax, and a certificate for each program on each host.

Whoever comes first makes the authority and wins its claim in SSM; everybody then signs with what won
(docs/decisions/0080).  A private key is made on the host that uses it, and never leaves it.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import chown

from stax_agent.node.commands import run
from stax_agent.node.store import Store
from stax_agent.setback import Setback

FOLDER = Path("/etc/stax/tls")
AUTHORITY_DAYS = 3650
HOST_DAYS = 365
RENEWED_BEFORE_S = 60 * 24 * 3600
"""Programs read their files again at each handshake, so an early renewal disturbs nobody."""

_KEY_END = "-----END PRIVATE KEY-----\n"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A program with a key of its own: FOLDER/name-key.pem, its certificate FOLDER/name.pem."""

    name: str
    addresses: Sequence[str] = ()
    names: Sequence[str] = ()
    owner: str = "root"
    """The only user that reads the key."""
    group: str = ""
    """A group that may read the key too."""


class Pki:
    """Keys and certificates below one folder."""

    def __init__(self, store: Store, stax_name: str, folder: Path = FOLDER) -> None:
        self._store = store
        self._stax_name = stax_name
        self._folder = folder

    @property
    def authority(self) -> Path:
        """The certificate that all others are checked against."""
        return self._folder / "ca.pem"

    def key(self, name: str) -> Path:
        """Where an identity's private key lies."""
        return self._folder / f"{name}-key.pem"

    def certificate(self, name: str) -> Path:
        """Where an identity's certificate lies."""
        return self._folder / f"{name}.pem"

    def ensure(self, identity: Identity) -> bool:
        """Make key and certificate unless they are good for weeks; return whether they were made now."""
        if self._is_good(identity.name):
            return False
        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        authority = self._store.get("ca") or self._store.claim("ca", self._new_authority(), is_secret=True)
        key, end, certificate = authority.partition(_KEY_END)
        if not end or "BEGIN CERTIFICATE" not in certificate:
            raise Setback("the parameter docker/ca holds no certificate authority")
        with tempfile.TemporaryDirectory() as folder:
            signer = _Signer(Path(folder), key + end, certificate)
            made = signer.signed(identity)
        _write(self.authority, certificate, 0o644)
        _write(self.key(identity.name), made.key, 0o640 if identity.group else 0o600, identity)
        _write(self.certificate(identity.name), made.certificate, 0o644)
        return True

    def _is_good(self, name: str) -> bool:
        files = (self.authority, self.certificate(name), self.key(name))
        if not all(file.exists() for file in files):
            return False
        return _holds("x509", "-noout", "-checkend", str(RENEWED_BEFORE_S), "-in", str(files[1])) and _holds(
            "verify", "-CAfile", str(files[0]), str(files[1])
        )

    def _new_authority(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = Path(folder, "key"), Path(folder, "certificate")
            _openssl(*_NEW_KEY, "-out", str(key))
            _openssl(
                "req", "-x509", "-new", "-key", str(key), "-out", str(certificate), "-days", str(AUTHORITY_DAYS),
                "-subj", f"/O=stax/CN={self._stax_name} docker hosts", "-sha256",
                "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            )  # fmt: skip
            return key.read_text("ascii") + certificate.read_text("ascii")


@dataclass(frozen=True)
class _Pair:
    key: str
    certificate: str


class _Signer:
    """The authority, in a folder that is gone in a moment."""

    def __init__(self, folder: Path, key: str, certificate: str) -> None:
        self._folder = folder
        _write(folder / "ca-key", key, 0o600)
        _write(folder / "ca", certificate, 0o600)

    def signed(self, identity: Identity) -> _Pair:
        key, request, certificate, extensions = (
            self._folder / name for name in ("key", "request", "certificate", "extensions")
        )
        _openssl(*_NEW_KEY, "-out", str(key))
        _openssl("req", "-new", "-key", str(key), "-out", str(request), "-subj", f"/O=stax/CN={identity.name}")
        extensions.write_text(_extensions(identity), "ascii")
        _openssl(
            "x509", "-req", "-in", str(request), "-out", str(certificate), "-days", str(HOST_DAYS), "-sha256",
            "-CA", str(self._folder / "ca"), "-CAkey", str(self._folder / "ca-key"),
            "-set_serial", f"0x{os.urandom(16).hex()}", "-extfile", str(extensions),
        )  # fmt: skip
        return _Pair(key.read_text("ascii"), certificate.read_text("ascii"))


_NEW_KEY = ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


def _extensions(identity: Identity) -> str:
    others = [f"IP:{address}" for address in identity.addresses] + [f"DNS:{name}" for name in identity.names]
    lines = [
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=serverAuth,clientAuth",
    ]
    return "\n".join([*lines, *([f"subjectAltName={','.join(others)}"] if others else []), ""])


def _openssl(*words: str) -> None:
    run(("openssl", *words))


def _holds(*words: str) -> bool:
    try:
        _openssl(*words)
    except Setback as setback:
        if setback.code in ("Timeout", "NoProgram"):
            raise
        return False
    return True


def _write(
    file: Path, text: str, mode: int, identity: Identity | None = None, *, give: Callable[..., None] = chown
) -> None:
    """Write a file atomically; nobody who may not read it ever can, not even for a moment."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    if identity and (identity.owner, identity.group) != ("root", ""):
        give(temporary, identity.owner, identity.group or None)
    temporary.chmod(mode)
    os.replace(temporary, file)  # noqa: PTH105 - atomic by name
