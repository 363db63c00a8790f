"""Why a deployment failed: what Swarm says of the tasks, what their health checks said, what they logged last."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing

from stax.engine.services.swarm import Swarm
from stax.errors import StaxError
from stax.model.services import Task

LINES = 10
_TAIL = {"stdout": "1", "stderr": "1", "tail": str(LINES)}
TOLD = 2
"""So many failed tasks are told: the others say the same."""


def told(swarm: Swarm, culprits: Sequence[Task]) -> Iterator[str]:
    """Yield lines about the tasks that failed; what cannot be had is left out."""
    for task in culprits[:TOLD]:
        where = f" on {task.machine}" if task.machine else ""
        code = f", exit code {task.exit_code}" if task.exit_code else ""
        yield f"{task.name}{where}: {task.state}{code}{f': {task.trouble}' if task.trouble else ''}"
        if not task.container or not task.machine:
            continue
        try:
            with closing(swarm.engine_of(task.machine)) as docker:
                state = docker.get(f"/containers/{task.container}/json").get("State", {})
                yield from _health(state)
                lines = docker.lines(f"/containers/{task.container}/logs", _TAIL)
                yield from (f"  log: {line}" for line in lines)
        except StaxError:
            yield "  its container is gone: neither log nor health can be had"


def _health(state: dict[str, object]) -> Iterator[str]:
    health = state.get("Health")
    found = health.get("Log") if isinstance(health, dict) else None
    if found:
        last = found[-1]
        said = json.dumps(str(last.get("Output", "")).strip()[-300:], ensure_ascii=False)
        yield f"  health check: exit code {last.get('ExitCode')}, it says {said}"
