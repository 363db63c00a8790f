"""How many docker hosts there are to be.

The template gives the group no desired capacity, so that an update never undoes what the scaling
policy did; when a person changes ClusterSize, stax sets it.
"""

from typing import Any

from stax.aws.session import Aws
from stax.model.plan import SizeChange
from stax.model.stack import Stack


def size_change(aws: Aws, stack: Stack, wanted: int) -> SizeChange | None:
    """Return how the number of docker hosts will change, None when the person did not change it."""
    before = stack.parameters.get("ClusterSize", "")
    if before == str(wanted):
        return None
    group = _group(aws, stack)
    desired = int(group.get("DesiredCapacity", 0))
    return None if desired == wanted else SizeChange(before=desired, after=wanted)


def set_desired_capacity(aws: Aws, stack: Stack, wanted: int) -> None:
    """Have the group start or end docker hosts until there are so many."""
    name = _group(aws, stack)["AutoScalingGroupName"]
    aws.call(
        "autoscaling", "SetDesiredCapacity", AutoScalingGroupName=name, DesiredCapacity=wanted, HonorCooldown=False
    )


def _group(aws: Aws, stack: Stack) -> dict[str, Any]:
    names = [stack.outputs.get("DockerGroupName", "")]
    groups = aws.call("autoscaling", "DescribeAutoScalingGroups", AutoScalingGroupNames=names)["AutoScalingGroups"]
    return groups[0] if groups else {}
