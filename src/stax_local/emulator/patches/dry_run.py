"""DryRun never changes anything.

moto: some actions look at DryRun and others, CreateVpc for one, do what they are asked.
AWS: DryRunOperation, after the checks of permission and parameters, and nothing is done.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
Here parameters are checked only by the actions that moto made look at DryRun themselves.
"""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.exceptions import DryRunClientError
from moto.ec2.responses import EC2Response

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("dry_run")

READS = ("describe_", "get_", "search_")


@cache
def _looks_itself(method: str) -> bool:
    function = inspect.unwrap(getattr(EC2Response, method))
    return "error_on_dryrun" in inspect.getsource(function)


@PATCH.wraps(EC2Response, "call_action")
def _call(original: Callable[..., Any], self: Any) -> Any:
    method = camelcase_to_underscores(self._get_action())
    asked = str(self._get_param("DryRun")).lower() == "true"
    if asked and hasattr(EC2Response, method) and not method.startswith(READS) and not _looks_itself(method):
        return self.serialized(ActionResult(DryRunClientError()))
    return original(self)
