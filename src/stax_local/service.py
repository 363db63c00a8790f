"""How a service of the region is written: plain functions from parsed requests to plain answers.

The front parses a request by botocore's own service model, calls the operation, and says its
answer (or its `ServiceError`) in the service's protocol.  A service never sees HTTP.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class ServiceError(Exception):
    """An answer that is an error, in AWS's terms: `code` as the SDKs match it, HTTP `status`."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Caller:
    """Who asks, and where."""

    account_id: str
    region: str
    access_key_id: str
    arn: str


Operation = Callable[[Caller, Mapping[str, Any]], Mapping[str, Any]]
"""Takes the input shape as a dict (as botocore's clients take it), returns the output shape likewise."""


class Service(Protocol):
    """One AWS service that the region answers itself."""

    name: str
    """botocore's name of the service, for example `cloudformation`."""

    def operations(self) -> Mapping[str, Operation]:
        """The operations that are answered, by AWS's name; any other is refused by name."""
        ...


Clients = Callable[[str, str], Any]
"""`clients(service, region)` gives a botocore client that speaks to this very region as its owner.

Calls made through it are like anybody's: locked, patched, and seen by the reconciliation.
"""
