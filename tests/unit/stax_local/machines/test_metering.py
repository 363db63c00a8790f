"""CloudWatch hears what part of its processors each machine used, and whether it fails its checks."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from tests.accounts import Account

from stax_local.desired import Instance
from stax_local.machines.metering import MOST_AT_ONCE, Gauges, Meter, Reading, utilization


class Host:
    """Machines with two processors each, a clock, and a CloudWatch that listens."""

    def __init__(self) -> None:
        self.account = Account()
        self.subnet = self.account.subnet(self.account.route_table(self.account.vpc()), "10.183.0.0/16")
        self.used: dict[str, float] = defaultdict(float)
        self.now = 1_000_000.0
        self.heard: list[dict[str, Any]] = []
        self.calls: list[int] = []
        gauges = Gauges(lambda instance_id: self.used[instance_id], lambda _: 2, 60)
        self.meter = Meter(self, gauges, lambda: self.now)

    def __call__(self, _service: str, _region: str) -> Any:
        return self

    def put_metric_data(self, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803 - AWS's own
        assert Namespace == "AWS/EC2"
        self.calls.append(len(MetricData))
        self.heard += MetricData

    def machine(self, number: int = 10, **facts: Any) -> Instance:
        made, _ = self.account.machine(self.subnet, f"10.183.{number // 250}.{number % 250 + 4}")
        instance = replace(self.account.world.instances[made], **facts)
        self.account.put("instances", instance)
        return instance

    def a_minute_passes(self, **used_s: float) -> None:
        self.now += 60
        for instance_id, seconds in used_s.items():
            self.used[instance_id.replace("_", "-")] += seconds
        self.meter.world_changed(self.account.world)
        self.meter.measure()

    def last(self, name: str) -> Any:
        return [datum["Value"] for datum in self.heard if datum["MetricName"] == name][-1:]


def test_half_of_two_processors_is_fifty_per_cent() -> None:
    host = Host()
    machine = host.machine()
    host.a_minute_passes()
    host.a_minute_passes(**{machine.id.replace("-", "_"): 60.0})

    assert host.last("CPUUtilization") == [50.0]
    datum = host.heard[-1]
    assert datum["Dimensions"] == [{"Name": "InstanceId", "Value": machine.id}]
    assert datum["Timestamp"].timestamp() == host.now - 60


def test_the_first_minute_has_no_utilization_but_has_the_checks() -> None:
    host = Host()
    host.machine()
    host.a_minute_passes()

    assert host.last("CPUUtilization") == []
    assert host.last("StatusCheckFailed") == [0.0]


def test_a_machine_that_does_not_answer_fails_the_instance_check_and_not_the_systems() -> None:
    host = Host()
    host.machine(impaired=True)
    host.a_minute_passes()

    assert host.last("StatusCheckFailed_Instance") == host.last("StatusCheckFailed") == [1.0]
    assert host.last("StatusCheckFailed_System") == [0.0]


@pytest.mark.parametrize("state", ["pending", "stopped", "terminated"])
def test_a_machine_that_does_not_run_has_no_metrics(state: str) -> None:
    host = Host()
    host.machine(state=state)
    host.a_minute_passes()

    assert host.heard == []


@pytest.mark.parametrize(("before_s", "after_s", "percent"), [(100.0, 12.0, 10.0), (0.0, 500.0, 100.0)])
def test_a_restart_counts_from_nothing_and_more_than_all_is_all(
    before_s: float, after_s: float, percent: float
) -> None:
    assert utilization(Reading(0.0, before_s), Reading(60.0, after_s), processors=2) == percent


def test_no_call_has_more_data_than_cloudwatch_takes() -> None:
    host = Host()
    for number in range(300):
        host.machine(number)
    host.a_minute_passes()

    assert host.calls == [MOST_AT_ONCE - 100]
    host.a_minute_passes()
    assert host.calls[1:] == [MOST_AT_ONCE, 200]
