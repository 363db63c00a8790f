"""CloudFormation as the region serves it: the operations by AWS's names, and what the region itself calls."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from stax_local.cloudformation import (
    change_set_requests,
    describe_requests,
    drift_requests,
    stack_requests,
    template_requests,
)
from stax_local.cloudformation.engine import Engine, Settings
from stax_local.cloudformation.resources import TYPES
from stax_local.service import Caller, Clients, Operation

OPERATIONS: Mapping[str, Callable[[Engine, Caller, Mapping[str, Any]], Mapping[str, Any]]] = {
    **stack_requests.OPERATIONS,
    **change_set_requests.OPERATIONS,
    **describe_requests.OPERATIONS,
    **drift_requests.OPERATIONS,
    **template_requests.OPERATIONS,
}


class CloudFormation:
    """The service; `on_change` is called after every recorded event, so that the region can keep the state."""

    name = "cloudformation"

    def __init__(self, clients: Clients, *, on_change: Callable[[], None], settings: Settings | None = None) -> None:
        self._engine = Engine(clients, TYPES, on_change, settings or Settings())

    def operations(self) -> Mapping[str, Operation]:
        """Return every operation that is answered."""
        return {name: partial(each, self._engine) for name, each in OPERATIONS.items()}

    def state(self) -> bytes:
        """Return all that must survive the region.

        Take it before the services' own state: what they know and this does not is removed or found again,
        what this knows and they do not is lost.
        """
        return self._engine.state()

    def restore(self, state: bytes) -> None:
        """Remember a state, and go on with the operations that were under way."""
        self._engine.restore(state)

    def close(self) -> None:
        """Stop all work where it is."""
        self._engine.close()

    def put_signal(self, path: str, body: bytes) -> bool:
        """Take what was PUT to a wait condition handle's URL; say whether it was one of ours.

        `body` is `{"Status": "SUCCESS"|"FAILURE", "UniqueId": …, "Reason": …, "Data": …}`.
        """
        return self._engine.put_signal(path, body)
