"""Where an instance of an Auto Scaling group is going: what it polls to learn that it is to leave."""

from stax_local.desired import Instance
from stax_local.service import Clients

_TARGETS = {"Pending": "InService", "InService": "InService", "Standby": "Standby", "Terminating": "Terminated"}
"""The lifecycle states that the service tells, without what follows the colon, and where they lead:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html"""


class TargetLifecycleState:
    """Asks the region's own Auto Scaling.  Call it with the instance."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def __call__(self, instance: Instance) -> str:
        """InService, Standby or Terminated; empty for an instance of no group."""
        found = self._clients("autoscaling", instance.region).describe_auto_scaling_instances(InstanceIds=[instance.id])
        for each in found["AutoScalingInstances"]:
            return _TARGETS[each["LifecycleState"].partition(":")[0]]
        return ""
