"""Members of a VPC's default security group reach one another.

moto: the group that a VPC is born with lets nothing in.
AWS: it lets in everything from its own members.
https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend

from stax_local.emulator.patches.patch import Patch, named

PATCH = Patch("default_groups")


@PATCH.wraps(SecurityGroupBackend, "create_security_group")
def _create(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    group = original(self, *args, **kwargs)
    if named(original, self, *args, **kwargs).get("is_default"):
        self.authorize_security_group_ingress(group.id, "-1", None, None, [], source_groups=[{"GroupId": group.id}])
    return group
