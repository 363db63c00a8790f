"""The way into moto's state: one backend per service, account and region, made when first asked for."""

from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend
from moto.core.base_backend import BackendDict


def backends(moto_name: str) -> BackendDict[Any]:
    """Return a service's table: account → region → backend."""
    table: BackendDict[Any] = get_backend(moto_name)  # type: ignore[call-overload]
    return table


def every(moto_name: str) -> Iterator[Any]:
    """Yield the backends of a service that exist by now, of all accounts and regions."""
    for _account, _region, backend in list(backends(moto_name).iter_backends()):
        yield backend
