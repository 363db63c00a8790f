"""What an Auto Scaling group is, as plain data that can be kept in a file.

Times are seconds since the epoch.  A group is changed in place under the service's lock; its
members, hooks and activities are values, replaced as a whole.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Phase = Literal[
    "Pending",
    "Pending:Wait",
    "Pending:Proceed",
    "InService",
    "Standby",
    "Terminating",
    "Terminating:Wait",
    "Terminating:Proceed",
]
"""AWS's lifecycle states:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html"""

ARRIVING: frozenset[Phase] = frozenset({"Pending", "Pending:Wait", "Pending:Proceed"})
LEAVING: frozenset[Phase] = frozenset({"Terminating", "Terminating:Wait", "Terminating:Proceed"})

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"

GROUP_TAG = "aws:autoscaling:groupName"
"""The tag that every member carries; it tells whose a machine is when all else is forgotten."""

ACTIVITIES_KEPT = 500
"""A group's history; AWS keeps six weeks of it."""


@dataclass(frozen=True)
class Hook:
    """A lifecycle hook: what a transition waits for, and for how long."""

    name: str
    transition: str
    heartbeat_timeout_s: int
    default_result: str
    notification_target_arn: str = ""
    role_arn: str = ""
    notification_metadata: str = ""

    @property
    def global_timeout_s(self) -> int:
        """Until when heartbeats may put the end off: 48 hours, or 100 heartbeats, whichever is less."""
        return min(172_800, 100 * self.heartbeat_timeout_s)


@dataclass(frozen=True)
class Wait:
    """A member waiting for one hook's action to complete."""

    hook: str
    token: str
    heartbeat_until: float
    ends_by: float


@dataclass(frozen=True)
class Member:
    """An instance of the group, as the group sees it."""

    instance_id: str
    availability_zone: str
    instance_type: str
    phase: Phase
    launched_at: float
    launch_template: dict[str, str] = field(default_factory=dict)
    healthy: bool = True
    protected: bool = False
    in_service_at: float | None = None
    waits: tuple[Wait, ...] = ()
    activity_id: str = ""


@dataclass(frozen=True)
class Activity:
    """One line of the group's history."""

    id: str
    description: str
    cause: str
    started_at: float
    status: str
    message: str = ""
    ended_at: float | None = None
    progress: int = 0
    details: str = "{}"


@dataclass(frozen=True)
class Policy:
    """A scaling policy; `configuration` is the API's, for the type it has."""

    name: str
    id: str
    type: str
    configuration: dict[str, Any]


@dataclass(frozen=True)
class Tag:
    """A tag of the group; propagated ones go onto every machine it launches."""

    value: str
    propagates: bool


@dataclass
class Group:
    """An Auto Scaling group."""

    account_id: str
    region: str
    name: str
    id: str
    created_at: float
    min_size: int
    max_size: int
    desired: int
    subnets: tuple[tuple[str, str], ...]
    """(subnet id, its availability zone), in the order asked for."""
    launch_template: dict[str, str]
    cooldown_s: int = 300
    grace_s: int = 0
    warmup_s: int | None = None
    health_check_type: str = "EC2"
    termination_policies: tuple[str, ...] = ("Default",)
    protects_new: bool = False
    service_linked_role_arn: str = ""
    suspended: dict[str, str] = field(default_factory=dict)
    """process → why"""
    tags: dict[str, Tag] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    members: dict[str, Member] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    deleting: bool = False
    failures: int = 0
    """Launches that failed in a row."""
    retry_at: float = 0.0
    scaled_at: float = 0.0
    """When the last scaling activity ended, for the cooldown."""

    @property
    def arn(self) -> str:
        """The group's Amazon Resource Name."""
        return (
            f"arn:aws:autoscaling:{self.region}:{self.account_id}:autoScalingGroup:{self.id}"
            f":autoScalingGroupName/{self.name}"
        )

    def hooks_for(self, transition: str) -> list[Hook]:
        """The hooks of one transition."""
        return [hook for hook in self.hooks.values() if hook.transition == transition]
