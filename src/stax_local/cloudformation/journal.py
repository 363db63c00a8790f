"""The one place that changes a status: of a stack or of a resource, with its event."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import RLock
from typing import Any

from stax_local.cloudformation.clock import Chance, Clock
from stax_local.cloudformation.expressions import UNKNOWN
from stax_local.cloudformation.parameters import Parameter, masked
from stax_local.cloudformation.records import STACK_TYPE, Event, ResourceRecord, Stack


class Closed(BaseException):
    """The engine is being put down: nothing may be recorded any more, the threads end where they are."""


@dataclass(frozen=True)
class Journal:
    """Writes statuses and events, and tells the region after each so that it can keep them."""

    lock: RLock
    on_change: Callable[[], None]
    clock: Clock = field(default_factory=Clock)
    chance: Chance = field(default_factory=Chance)
    closing: Flag = field(default_factory=Flag)

    def stack_status(self, stack: Stack, status: str, reason: str = "") -> None:
        """Put a stack into a status."""
        with self.lock:
            self._raise_when_closed()
            now = self.clock.now()
            stack.status, stack.reason = status, reason
            if status == "DELETE_COMPLETE":
                stack.deleted_at = now
            stack.events.append(
                Event(
                    self.chance.uuid(), now, stack.name, stack.stack_id, STACK_TYPE, status, reason,
                    token=stack.token, operation_id=stack.operation_id,
                )
            )  # fmt: skip
        self.on_change()

    def resource_status(self, stack: Stack, record: ResourceRecord, status: str, reason: str = "") -> None:
        """Put a resource into a status; a failure keeps its reason, and the first thing said of it is kept too."""
        with self.lock:
            self._raise_when_closed()
            now = self.clock.now()
            record.status, record.reason, record.updated_at = status, reason, now
            moment = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
            properties = record.properties if record.attempted is None else record.attempted
            shown = masked(shown_properties(properties), self._secrets(stack))
            stack.events.append(
                Event(
                    f"{record.logical_id}-{status}-{moment}-{len(stack.events)}", now, record.logical_id,
                    record.physical_id, record.type, status, reason, shown,
                    stack.token, stack.operation_id,
                )
            )  # fmt: skip
        self.on_change()

    @staticmethod
    def _secrets(stack: Stack) -> list[Parameter]:
        before = stack.previous.parameters.values() if stack.previous else ()
        return [*stack.target.parameters.values(), *before]

    def _raise_when_closed(self) -> None:
        if self.closing.is_set():
            raise Closed


def shown_properties(properties: Mapping[str, Any]) -> str:
    """Return properties as JSON, for an event or a change set."""
    return json.dumps(properties, default=lambda each: "{{unknown}}" if each is UNKNOWN else str(each))
