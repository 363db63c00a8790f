"""The docker hosts of this stax, as EC2 and Auto Scaling see them: who is there, who is coming, who is to go."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from stax_agent.aws import Aws
from stax_agent.described import described_docker_hosts
from stax_agent.setback import Setback

THERE = ("pending", "running", "stopping", "stopped")
"""Whoever is in another state never comes back."""
HELD = "Terminating:Wait"
"""Auto Scaling's word for a host that the hook holds: until it, or somebody who speaks for it, says that it may end."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """A docker host that exists."""

    instance_id: str
    private_ip: str
    zone: str
    instance_type: str
    launched_at: str
    """ISO 8601, so that the text sorts by age."""
    is_running: bool
    lifecycle_state: str = ""
    """Auto Scaling's word, such as InService or Terminating:Wait; empty for a host that is not in the group."""

    @property
    def is_leaving(self) -> bool:
        """Whether Auto Scaling has told it to go."""
        return self.lifecycle_state.startswith(("Terminating", "Terminated", "Detach"))


@dataclass(frozen=True)
class Group:
    """All docker hosts, the oldest first, and how many there should be."""

    hosts: tuple[Host, ...]
    desired: int
    held: tuple[str, ...] = ()
    """The instance ids of those that Auto Scaling still holds at the hook, and that exist no more."""

    def host(self, instance_id: str) -> Host | None:
        """Return the host with this id, if it exists."""
        return next((host for host in self.hosts if host.instance_id == instance_id), None)

    def at(self, private_ip: str) -> Host | None:
        """Return the host with this address, if it exists."""
        return next((host for host in self.hosts if host.private_ip == private_ip), None)

    @property
    def staying(self) -> tuple[Host, ...]:
        """Those that run and are not told to go."""
        return tuple(host for host in self.hosts if host.is_running and not host.is_leaving)


def read_group(aws: Aws, stax_name: str) -> Group:
    """Ask EC2 and Auto Scaling; raises Setback when either does not answer."""
    lifecycle, desired = _lifecycle(aws, f"{stax_name}-docker")
    described = (_host(one, lifecycle) for one in described_docker_hosts(aws, stax_name, THERE))
    found = sorted(described, key=lambda host: (host.launched_at, host.instance_id))
    there = {host.instance_id for host in found}
    held = sorted(each for each, state in lifecycle.items() if state == HELD and each not in there)
    return Group(tuple(found), len(found) if desired is None else desired, tuple(held))


def _lifecycle(aws: Aws, group_name: str) -> tuple[dict[str, str], int | None]:
    """Return lifecycle states by instance id, and the desired capacity; None while there is no such group."""
    answer = aws.autoscaling("DescribeAutoScalingGroups", {"AutoScalingGroupNames.member.1": group_name})
    group = answer.find("DescribeAutoScalingGroupsResult/AutoScalingGroups/member")
    if group is None:
        return {}, None
    states = {
        one.findtext("InstanceId", ""): one.findtext("LifecycleState", "") for one in group.iterfind("Instances/member")
    }
    try:
        return states, int(group.findtext("DesiredCapacity", ""))
    except ValueError as error:
        raise Setback(f"autoscaling: the group {group_name} has no DesiredCapacity") from error


def _host(one: Element, lifecycle: dict[str, str]) -> Host:
    instance_id = one.findtext("instanceId", "")
    return Host(
        instance_id=instance_id,
        private_ip=one.findtext("privateIpAddress", ""),
        zone=one.findtext("placement/availabilityZone", ""),
        instance_type=one.findtext("instanceType", ""),
        launched_at=one.findtext("launchTime", ""),
        is_running=one.findtext("instanceState/name", "") == "running",
        lifecycle_state=lifecycle.get(instance_id, ""),
    )
