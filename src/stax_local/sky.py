"""The region's weather: said by its owner, kept over restarts, in force once the kernel has it."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stax_local.folder import read_json, write_atomically
from stax_local.network.weather import Weather, read_weather

COMES_WITHIN_S = 8.0
"""It takes some ten milliseconds; whoever asks waits for ten seconds."""


class Sky:
    """What the weather shall be, and what it is.

    `lacking_for_delays` says what this machine lacks to have packets late, in words; nothing when it can.
    """

    def __init__(self, file: Path, lacking_for_delays: Callable[[], str]) -> None:
        self._file = file
        self._lacking_for_delays = lacking_for_delays
        self._can_delay = False
        self._changed = threading.Condition()
        self._in_force: Weather | None = None
        self.weather = read_weather(read_json(file) or {})

    def tell(self) -> Mapping[str, Any]:
        """The weather in its JSON form."""
        return asdict(self.weather)

    def take(self, said: Any) -> None:
        """Let this be the weather from now on.  Raises ValueError, in words, when it cannot be."""
        weather = read_weather(said)
        if any(each.delay for each in weather.disturbances):
            self._expect_delays()
        self.weather = weather

    def keep(self) -> None:
        """Write it down, for the next start."""
        write_atomically(self._file, json.dumps(self.tell()).encode())

    def comes_into_force(self, weather: Weather) -> None:
        """The kernel has it."""
        with self._changed:
            self._in_force = weather
            self._changed.notify_all()

    def wait(self) -> None:
        """Return once what was said last is in force.  Raises TimeoutError when the kernel does not follow."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._in_force == self.weather, COMES_WITHIN_S):
                raise TimeoutError("it is kept, and not in the kernel yet: region.log says why")

    def _expect_delays(self) -> None:
        if not self._can_delay and (why_not := self._lacking_for_delays()):
            raise ValueError(why_not)
        self._can_delay = True
