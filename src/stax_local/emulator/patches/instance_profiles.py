"""Instance profiles under a path.

moto: ListInstanceProfiles ignores PathPrefix and returns every profile there is.
AWS: those whose path begins with it; without one, all of them.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("instance_profiles")


@PATCH.wraps(IamResponse, "list_instance_profiles")
def _under_path(original: Callable[..., Any], self: Any) -> Any:
    prefix = self._get_param("PathPrefix")
    if not prefix:
        return original(self)
    found = [profile for profile in self.backend.get_instance_profiles() if profile.path.startswith(prefix)]
    return ActionResult({"InstanceProfiles": found})
