"""The Auto Scaling group of the docker hosts, at one moment."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class GroupMember:
    """A docker host as its group sees it; states in AWS's words."""

    instance_id: str
    zone: str
    lifecycle_state: str
    health: str
    instance_type: str
    launch_template_version: str
    protected_from_scale_in: bool


@dataclass(frozen=True, kw_only=True)
class ScalingPolicy:
    """When the group grows and shrinks."""

    name: str
    policy_type: str
    metric: str
    target: float | None
    warmup_s: int | None
    enabled: bool


@dataclass(frozen=True, kw_only=True)
class ScalingActivity:
    """Something the group did, or tried to do."""

    began_at: datetime
    ended_at: datetime | None
    status: str
    description: str
    cause: str
    progress_percent: int | None


@dataclass(frozen=True, kw_only=True)
class ScalingGroup:
    """An Auto Scaling group with its members, policies and last activities (the newest first)."""

    name: str
    smallest: int
    largest: int
    desired: int
    in_service: int
    zones: tuple[str, ...]
    launch_template: str
    launch_template_version: str
    status: str
    """"" unless the group is being deleted."""
    suspended_processes: tuple[str, ...]
    members: tuple[GroupMember, ...]
    policies: tuple[ScalingPolicy, ...]
    activities: tuple[ScalingActivity, ...]


@dataclass(frozen=True, kw_only=True)
class AutoDescription:
    """The groups of a stax: one, unless its template declares more; none before it is made."""

    name: str
    region: str
    account_id: str
    asked_at: datetime
    status: str
    groups: tuple[ScalingGroup, ...]
