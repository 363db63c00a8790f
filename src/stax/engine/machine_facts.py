"""Asking the machines about themselves over ssh, all at once."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from stax.engine.agents import Agents
from stax.errors import StaxError
from stax.model.checkup import MachineFacts
from stax.remote.running import run_there

AT_ONCE = 4
"""Connections through one small jumpbox; sshd takes ten unauthenticated ones before it refuses some."""
ANSWERS_WITHIN_S = 45.0


def machine_facts(agents: Agents, names: Sequence[str]) -> Iterator[tuple[str, MachineFacts | StaxError]]:
    """Yield by name what each machine says, or why it says nothing, in the order of the names."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        yield from zip(names, pool.map(lambda name: _asked(agents, name), names), strict=True)


def _asked(agents: Agents, name: str) -> MachineFacts | StaxError:
    asked_at = time.time()
    try:
        done = run_there(agents.argv(name, "facts"), machine=name, limit_s=ANSWERS_WITHIN_S)
        answered_at = time.time()
        return _read(name, json.loads(done.stdout), asked_at, answered_at)
    except StaxError as error:
        return error
    except (ValueError, KeyError, TypeError, AttributeError):
        return StaxError("it does not know the question", hint="a machine made by an older stax")


def _read(name: str, said: Mapping[str, Any], asked_at: float, answered_at: float) -> MachineFacts:
    clock = float(said["clock"])
    return MachineFacts(
        machine=name,
        clock_off_s=max(clock - answered_at, asked_at - clock, 0.0),
        disks_percent={str(path): int(percent) for path, percent in said["disks"].items()},
        certificates_end={
            str(which): datetime.fromtimestamp(float(end), UTC) for which, end in said["certificates"].items()
        },
        versions={str(program): str(version) for program, version in said["versions"].items()},
        failed_units=tuple(map(str, said["failed_units"])),
    )
