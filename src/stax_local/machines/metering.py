"""What CloudWatch hears of the machines: a datum for each metric and running instance, once a period.

The processor's part is what the machine's control group counts.  As on AWS a machine that has
no power fails its instance check, not the system's.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stax_local.desired import Instance, World
from stax_local.service import Clients

_LOGGER = logging.getLogger(__name__)

MOST_AT_ONCE = 1000
"""PutMetricData's limit: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a machine had used when it was looked at."""

    at: float
    processor_s: float


def utilization(before: Reading, after: Reading, processors: int) -> float:
    """The part of its processors that a machine used between two readings, in per cent."""
    # A machine that was switched off and on meanwhile counts from nothing again.
    used_s = after.processor_s - (before.processor_s if after.processor_s >= before.processor_s else 0.0)
    return min(100.0, 100.0 * used_s / (processors * (after.at - before.at)))


@dataclass(frozen=True, slots=True)
class Gauges:
    """Where a machine's numbers come from, and how often."""

    processor_s: Callable[[str], float]
    """Of an instance's id: the seconds of processor it has used since it was switched on."""
    processors: Callable[[Instance], int]
    period_s: int


class Meter:
    """Publishes what the machines use, until it is stopped."""

    def __init__(self, clients: Clients, gauges: Gauges, clock: Callable[[], float] = time.time) -> None:
        self._clients = clients
        self._gauges = gauges
        self._clock = clock
        self._world = World()
        self._readings: dict[str, Reading] = {}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def world_changed(self, world: World) -> None:
        """Take note of the newest world."""
        self._world = world

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = threading.Thread(target=self._work, name="meter", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Publish no more."""
        self._over.set()
        if self._thread:
            self._thread.join(timeout=5)

    def measure(self) -> None:
        """Read every running machine and publish what the period that ends now was like."""
        now, before = self._clock(), self._readings
        running = [each for each in self._world.instances.values() if each.state == "running"]
        self._readings = {each.id: Reading(now, self._gauges.processor_s(each.id)) for each in running}
        for region in {each.region for each in running}:
            data = [
                datum
                for instance in running
                if instance.region == region
                for datum in self._data(instance, before.get(instance.id), self._readings[instance.id])
            ]
            cloudwatch = self._clients("cloudwatch", region)
            for start in range(0, len(data), MOST_AT_ONCE):
                cloudwatch.put_metric_data(Namespace="AWS/EC2", MetricData=data[start : start + MOST_AT_ONCE])

    def _data(self, instance: Instance, before: Reading | None, after: Reading) -> Iterator[dict[str, Any]]:
        """A datum bears the time at which its period began."""
        began = datetime.fromtimestamp(after.at - self._gauges.period_s, UTC)
        dimensions = [{"Name": "InstanceId", "Value": instance.id}]
        for name, (value, unit) in self._values(instance, before, after).items():
            yield {"MetricName": name, "Dimensions": dimensions, "Timestamp": began, "Value": value, "Unit": unit}

    def _values(self, instance: Instance, before: Reading | None, after: Reading) -> dict[str, tuple[float, str]]:
        failed = float(instance.impaired)
        values = {
            "StatusCheckFailed": (failed, "Count"),
            "StatusCheckFailed_Instance": (failed, "Count"),
            "StatusCheckFailed_System": (0.0, "Count"),
        }
        if before:
            part = utilization(before, after, self._gauges.processors(instance))
            values["CPUUtilization"] = (part, "Percent")
        return values

    def _work(self) -> None:
        period_s = self._gauges.period_s
        while not self._over.wait(period_s - self._clock() % period_s):
            try:
                self.measure()
            except Exception:
                # A period without data is a gap, as on AWS; the next one has its own.
                _LOGGER.exception("this period's metrics are missing")
