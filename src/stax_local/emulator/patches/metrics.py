"""Metrics are kept for three hours.

moto: keeps every datum for good, and looks at all of them for every query.
AWS: keeps data of a minute for fifteen days, of less for three hours; a region on a laptop does
not need the fifteen days, and writes its account into a file after every change.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.core.utils import utcnow

from stax_local.emulator.patches.patch import Patch

KEPT = timedelta(hours=3)

PATCH = Patch("metrics")


@PATCH.wraps(CloudWatchBackend, "put_metric_data")
def _and_forget_the_old(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    answer = original(self, *args, **kwargs)
    oldest = utcnow() - KEPT
    self.metric_data = [datum for datum in self.metric_data if datum.timestamp.replace(tzinfo=None) >= oldest]
    return answer
