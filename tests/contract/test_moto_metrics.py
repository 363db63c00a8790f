"""CloudWatch keeps what scaling looks at, and no more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stax_local.emulator.patches import metrics


@pytest.mark.mends(metrics.PATCH)
def test_data_older_than_three_hours_are_gone_and_younger_ones_are_there(account: Any) -> None:
    cloudwatch = account.client("cloudwatch")
    now = datetime.now(UTC).replace(microsecond=0)
    for hours in (4, 2, 0):
        cloudwatch.put_metric_data(
            Namespace="AWS/EC2",
            MetricData=[{"MetricName": "CPUUtilization", "Timestamp": now - timedelta(hours=hours), "Value": hours}],
        )

    found = cloudwatch.get_metric_statistics(
        Namespace="AWS/EC2", MetricName="CPUUtilization", Period=60, Statistics=["Sum"],
        StartTime=now - timedelta(hours=5), EndTime=now + timedelta(minutes=1),
    )["Datapoints"]  # fmt: skip
    assert sorted(each["Sum"] for each in found) == [0, 2]
