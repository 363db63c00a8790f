"""What CloudWatch knows of a group's machines, for its target tracking policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from stax_local.autoscaling.model import Group, Policy
from stax_local.autoscaling.tracking import IN_PERIODS, Series, Target, average
from stax_local.autoscaling.tracking import wanted_capacity as wanted
from stax_local.service import Clients

EVERY_S = 5.0
"""Between two looks at the metrics; CloudWatch's alarms look once a period."""

USUAL_PERIOD_S = 60
"""How long a metric's period is on AWS, with detailed monitoring."""

QUERIES_AT_ONCE = 500
"""GetMetricData's limit: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"""

PREDEFINED = {
    "ASGAverageCPUUtilization": "CPUUtilization",
    "ASGAverageNetworkIn": "NetworkIn",
    "ASGAverageNetworkOut": "NetworkOut",
}
"""The predefined metrics that a group without a load balancer can have, and EC2's name for them."""

DEFAULT_WARMUP_S = 300


def wanted_capacity(group: Group, clients: Clients, now: float, period_s: int = USUAL_PERIOD_S) -> int | None:
    """Return the capacity that the group's policies want, within its bounds, or None to leave it.

    Of several policies the one that wants most wins, as on AWS.
    """
    policies = [policy for policy in group.policies.values() if policy.type == "TargetTrackingScaling"]
    if not policies or group.deleting or "AlarmNotification" in group.suspended:
        return None
    measured = _Metrics(clients("cloudwatch", group.region), now, period_s)
    wishes = [wish for policy in policies if (wish := _wish(group, policy, measured)) is not None]
    if not wishes or (max(wishes) < group.desired and len(wishes) < len(policies)):
        return None
    return min(max(*wishes, group.min_size), group.max_size)


@dataclass(frozen=True, slots=True)
class _Metrics:
    """What CloudWatch says of instances, up to now."""

    cloudwatch: Any
    now: float
    period_s: int

    @property
    def present(self) -> int:
        """The period that it is."""
        return int(self.now // self.period_s)

    def read(self, metric: str, instance_ids: list[str]) -> list[Series]:
        """A series an instance, as far back as scaling in looks."""
        now = datetime.fromtimestamp(self.now, UTC)
        queries = [self._query(number, metric, each) for number, each in enumerate(instance_ids[:QUERIES_AT_ONCE])]
        answer = self.cloudwatch.get_metric_data(
            MetricDataQueries=queries,
            StartTime=now - timedelta(seconds=self.period_s * (IN_PERIODS + 3)),
            EndTime=now + timedelta(seconds=1),
        )
        return [self._series(found) for found in answer["MetricDataResults"]]

    def _query(self, number: int, metric: str, instance_id: str) -> dict[str, Any]:
        dimensions = [{"Name": "InstanceId", "Value": instance_id}]
        what = {"Namespace": "AWS/EC2", "MetricName": metric, "Dimensions": dimensions}
        return {"Id": f"m{number}", "MetricStat": {"Metric": what, "Period": self.period_s, "Stat": "Average"}}

    def _series(self, found: Mapping[str, Any]) -> Series:
        return {
            int(at.timestamp() // self.period_s): float(value)
            for at, value in zip(found["Timestamps"], found["Values"], strict=True)
        }


def _wish(group: Group, policy: Policy, measured: _Metrics) -> int | None:
    tracked = policy.configuration["TargetTrackingConfiguration"]
    warmup_s = policy.configuration.get("EstimatedInstanceWarmup", group.warmup_s)
    warm = list(_warm(group, DEFAULT_WARMUP_S if warmup_s is None else warmup_s, measured.now))
    if not warm:
        return None
    metric = PREDEFINED[tracked["PredefinedMetricSpecification"]["PredefinedMetricType"]]
    series = average(measured.read(metric, warm))
    target = Target(float(tracked["TargetValue"]), scales_in=not tracked.get("DisableScaleIn", False))
    return wanted(target, series, warm=len(warm), desired=group.desired, present=measured.present)


def _warm(group: Group, warmup_s: float, now: float) -> Iterator[str]:
    for member in group.members.values():
        if member.phase == "InService" and now - (member.in_service_at or now) >= warmup_s:
            yield member.instance_id
