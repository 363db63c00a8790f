"""The Auto Scaling service of the region: operations, state, control loop."""

import copy
import time
from collections.abc import Callable, Mapping
from typing import Any

from stax_local.autoscaling import group_operations, member_operations, policy_operations
from stax_local.autoscaling.loop import Groups, Loop
from stax_local.autoscaling.metrics import USUAL_PERIOD_S
from stax_local.desired import World
from stax_local.service import Caller, Clients, Operation

OPERATIONS: Mapping[str, Callable[[Loop, Caller, Mapping[str, Any]], dict[str, Any]]] = {
    **group_operations.OPERATIONS,
    **member_operations.OPERATIONS,
    **policy_operations.OPERATIONS,
}


class AutoScaling:
    """A `Service` with a control loop, which `start` starts once `restore` and the first world came.

    `on_change` is called after every change of its state, from any thread and with no lock held.
    """

    name = "autoscaling"

    def __init__(
        self,
        clients: Clients,
        *,
        on_change: Callable[[], None],
        clock: Callable[[], float] = time.time,
        metric_period_s: int = USUAL_PERIOD_S,
    ) -> None:
        self._loop = Loop(clients, {}, on_change, clock, metric_period_s)

    def operations(self) -> Mapping[str, Operation]:
        """What is answered."""
        return {name: self._operation(name) for name in OPERATIONS}

    def world_changed(self, world: World) -> None:
        """Take note of the newest world; returns at once."""
        self._loop.world = world
        self._loop.wake()

    def state(self) -> Groups:
        """Everything there is to keep; picklable, and nobody changes it any more."""
        with self._loop.lock:
            return copy.deepcopy(self._loop.groups)

    def restore(self, state: Groups) -> None:
        """Take up what `state` returned."""
        with self._loop.lock:
            self._loop.groups.clear()
            self._loop.groups.update(state)
        self._loop.wake()

    def start(self) -> None:
        """Begin to keep the groups as they are asked to be."""
        self._loop.start()
        self._loop.wake()

    def look(self) -> float:
        """Do what the groups need now, as the loop does, and return when to look again."""
        return self._loop.look()

    def close(self) -> None:
        """End the control loop; the groups stay."""
        self._loop.stop()

    def _operation(self, name: str) -> Operation:
        def operation(caller: Caller, asked: Mapping[str, Any]) -> Mapping[str, Any]:
            with self._loop.lock:
                answer = OPERATIONS[name](self._loop, caller, asked)
            if not name.startswith("Describe"):
                self._loop.on_change()
                self._loop.wake()
            return answer

        return operation
