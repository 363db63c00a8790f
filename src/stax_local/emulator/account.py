"""Everything the emulated accounts hold, as bytes and back.

One pickle for all services, because they point into one another: an Auto Scaling group holds the
very instances that EC2 holds.  The bytes are read back only by the same moto and the same Python:
they are moto's own objects.  They come from a file that only the region's owner can write.
"""

import io
import pickle
import platform
from typing import Any

import cloudpickle
import moto
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from moto.core.base_backend import AccountSpecificBackend, BackendDict, backend_lock
from moto.ssm.models import ParameterDict

from stax_local.emulator.application import SERVICES
from stax_local.emulator.backends import backends

FORMAT = 1
WRITTEN_BY = f"stax account {FORMAT}, moto {moto.__version__}, Python {platform.python_version()}\n".encode()
"""The first line of a dump."""


class UnreadableDumpError(Exception):
    """The bytes are no dump, or one by another version."""


Accounts = dict[str, dict[str, dict[str, Any]]]
"""service → account → region → moto's backend"""


def dump() -> bytes:
    """Return everything, to be kept by the caller; nothing may change the account meanwhile."""
    accounts: Accounts = {
        service: {account: dict(regions.items()) for account, regions in backends(service).items()}
        for service in SERVICES.values()
    }
    with io.BytesIO() as file:
        _Pickler(file).dump(accounts)
        return WRITTEN_BY + file.getvalue()


def load(dumped: bytes) -> None:
    """Put back what `dump` returned, in place of whatever there is.  Raises UnreadableDumpError."""
    header, _, body = dumped.partition(b"\n")
    if header + b"\n" != WRITTEN_BY:
        raise UnreadableDumpError(
            f"it was written by {header[:80].decode(errors='replace')!r}, this is {WRITTEN_BY.decode().strip()!r}"
        )
    try:
        accounts: Accounts = pickle.loads(body)  # noqa: S301 - the region's own file, 0600 in a folder 0700
    except Exception as error:  # unpickling damaged bytes raises anything at all
        raise UnreadableDumpError(f"it is damaged ({type(error).__name__}: {error})") from error
    with backend_lock:
        for service, by_account in accounts.items():
            _put_back(backends(service), by_account)
        _index_buckets()


def forget() -> None:
    """Empty every account, as if the region had just been made."""
    with backend_lock:
        for service in SERVICES.values():
            _put_back(backends(service), {})
        _index_buckets()


def _put_back(table: BackendDict[Any], by_account: dict[str, dict[str, Any]]) -> None:
    table.clear()
    for account, by_region in by_account.items():
        regions: AccountSpecificBackend[Any] = table[account]
        for region, backend in by_region.items():
            regions[region] = backend


def _index_buckets() -> None:
    """moto finds a bucket's account by a table of its own, beside the backends."""
    buckets = [
        (name, (partition, account))
        for account, partitions in backends("s3").items()
        for partition, s3 in partitions.items()
        for name in s3.buckets
    ]
    backends("s3").bucket_accounts = dict(buckets)  # type: ignore[attr-defined]


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle (moto keeps a few lambdas in its state), and what does not pickle by itself."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, RSAPrivateKey | EllipticCurvePrivateKey):
            return _private_key, (_key_bytes(thing),)
        if isinstance(thing, ParameterDict):
            # A defaultdict whose constructor takes something else than the factory that pickle would give it.
            return ParameterDict, (thing.account_id, thing.region_name), vars(thing), None, iter(thing.items())
        if isinstance(thing, BackendDict | AccountSpecificBackend):
            # moto's objects reach the tables of all backends by name, never by value.
            return _table, (thing.service_name, getattr(thing, "account_id", None))
        return super().reducer_override(thing)


def _table(service: str, account: str | None) -> Any:
    table = backends(service)
    return table if account is None else table[account]


def _key_bytes(key: RSAPrivateKey | EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _private_key(der: bytes) -> Any:
    return serialization.load_der_private_key(der, password=None)
