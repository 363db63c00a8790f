"""Wall times of commands, taken in turns so that whatever else the machine does falls on all alike."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PYTHON = sys.executable
STAX = str(Path(sys.executable).with_name("stax"))


def wall_times_s(commands: Mapping[str, Sequence[str]], *, runs: int, environ: Mapping[str, str] | None = None) -> dict:
    """Return the median wall time of each command in seconds, after one run of each that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, argv in commands.items():
            began = time.perf_counter()
            subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **(environ or {})})
            if run:
                taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in taken.items()}


def tell(bench: str, *, ratio: float, limit: float, **measured: float) -> None:
    """Print a bench's line and end the program: with 1 when the ratio is over its limit."""
    numbers = {key: round(value, 4) for key, value in measured.items()}
    print(json.dumps({"bench": bench, "ratio": round(ratio, 3), "limit": limit, "ok": ratio <= limit, **numbers}))
    sys.exit(ratio > limit)
