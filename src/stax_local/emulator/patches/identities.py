"""Roles that exist, and Amazon's own policies when somebody uses one.

moto: AssumeRole gives credentials for a role that does not exist; Amazon's managed policies are
all there (1.4 s and 43 MB) or none is.
AWS: AccessDenied; any of them can be attached.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend

from stax_local.emulator.backends import backends
from stax_local.emulator.patches.patch import Patch

PATCH = Patch("identities")

PARTITION = "aws"
OF_AMAZON = "arn:aws:iam::aws:policy/"


@cache
def _amazons_policies() -> dict[str, Any]:
    # Five megabytes of text: read when a policy of Amazon's is first used, which stax itself never does.
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def _know(iam: Any, arn: str) -> None:
    name = arn.rpartition("/")[2]
    if arn.startswith(OF_AMAZON) and arn not in iam.managed_policies and name in _amazons_policies():
        policy = AWSManagedPolicy.from_data(name, iam.account_id, iam.region_name, _amazons_policies()[name])
        if policy.arn == arn:
            iam.managed_policies[arn] = policy
            iam.aws_managed_policies.append(policy)


def _knowing(original: Callable[..., Any], self: Any, policy_arn: str, *args: Any, **kwargs: Any) -> Any:
    _know(self, policy_arn)
    return original(self, policy_arn, *args, **kwargs)


for _method in ("attach_role_policy", "attach_user_policy", "attach_group_policy", "get_policy"):
    PATCH.wraps(IAMBackend, _method)(_knowing)


@PATCH.wraps(STSBackend, "assume_role")
def _assume(
    original: Callable[..., Any], self: Any, region_name: str, role_session_name: str, role_arn: str, **kwargs: Any
) -> Any:
    account_id = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
    roles = backends("iam")[account_id][PARTITION].roles.values() if account_id.isdigit() else ()
    if all(role.arn != role_arn for role in roles):
        raise STSClientError(
            "AccessDenied", f"The caller is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        )
    return original(self, region_name=region_name, role_session_name=role_session_name, role_arn=role_arn, **kwargs)
