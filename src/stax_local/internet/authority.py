"""The region's certificate authority: AWS's endpoints speak TLS, so the region's must as well."""

import contextlib
import os
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFETIME = timedelta(days=3650)  # a rehearsal may be kept for years; its key never leaves this machine
_CLOCK_SKEW = timedelta(days=1)
_MOST_NAMES = 512  # names come from callers: a bound on what they can make us keep
_NAMES = (".amazonaws.com", ".api.aws")


@dataclass
class Authority:
    """Signs a certificate for each of AWS's names that is asked for, in the folder `folder`.

    `ca.pem` there is what machines have to trust; it is made once and stays.
    """

    folder: Path
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.certificate.exists() and self._key_file.exists()):
            self._found()
        self._key = _read_key(self._key_file)
        self._issuer = x509.load_pem_x509_certificate(self.certificate.read_bytes()).subject

    @property
    def certificate(self) -> Path:
        """The authority's own certificate, for machines to trust."""
        return self.folder / "ca.pem"

    def server_context(self) -> ssl.SSLContext:
        """A TLS context that answers each caller with a certificate for the name it called."""
        context = self._context("amazonaws.com")
        context.sni_callback = self._choose
        return context

    @property
    def _key_file(self) -> Path:
        return self.folder / "ca-key.pem"

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        """Called in the middle of the handshake with the name that the caller wants."""
        if name is None:
            return None
        if not name.lower().endswith(_NAMES) or not _is_hostname(name):
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = self._context(name.lower())
        return None

    def _context(self, name: str) -> ssl.SSLContext:
        with self._lock:
            if name not in self._contexts:
                if len(self._contexts) >= _MOST_NAMES:
                    self._contexts.clear()
                self._contexts[name] = self._made_context(name)
            return self._contexts[name]

    def _made_context(self, name: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, self._issuer, key.public_key(), is_authority=False).sign(
            self._key, hashes.SHA256()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # ssl loads keys from files only, so both go through one that is gone at once.
        path = self.folder / "leaf.pem"
        _write(path, _pem(certificate) + _key_pem(key))
        context.load_cert_chain(path)
        path.unlink()
        return context

    def _found(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("stax local region")
        certificate = _certificate("stax local region", name, key.public_key(), is_authority=True)
        _write(self._key_file, _key_pem(key))
        _write(self.certificate, _pem(certificate.sign(key, hashes.SHA256())))


def _certificate(
    subject: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, is_authority: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if is_authority:
        return builder
    return builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)


def _name(text: str) -> x509.Name:
    # A common name has 64 characters at most; clients look at the alternative name alone.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _is_hostname(name: str) -> bool:
    return len(name) <= 253 and all(character.isalnum() or character in ".-_" for character in name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we wrote it
    return key


def _write(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)
