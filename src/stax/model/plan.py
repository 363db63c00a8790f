"""What a verb is about to do, as data: nothing here has happened yet."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PlannedResource:
    """One resource that the template will make."""

    logical_id: str
    resource_type: str
    detail: str = ""
    """What tells it from its like, for example `t3.small`."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """So many of something, for example 5 volumes, 46 GiB gp3 in all."""

    subject: str
    count: int
    detail: str = ""
    billed: bool = False
    """AWS charges for having it.  stax quotes no prices: they differ by region and contract."""


@dataclass(frozen=True, kw_only=True)
class CreatePlan:
    """Everything that `create` will make."""

    name: str
    region: str
    account_id: str
    resources: tuple[PlannedResource, ...]
    quantities: tuple[Quantity, ...]
    parameters: Mapping[str, str]
    image_id: str = ""
    resumes: str = ""
    """What there is already and how `create` goes on from it, in words; empty for a new stax."""
    begins_with: str = ""
    """The copies that its clusters begin with; empty: with nothing."""

    @property
    def has_changes(self) -> bool:
        """Always: a stax that is not there yet is a change."""
        return True


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """One property of one resource: its path in the template, and its value before and after."""

    path: str
    before: str
    after: str
    recreation: str = "Never"
    """Never, Conditionally or Always: whether this change makes a new resource."""


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What an update does to one resource."""

    logical_id: str
    resource_type: str
    action: str
    """Add, Modify, Remove, Import or Dynamic, in CloudFormation's words."""
    replacement: str = ""
    """True, False or Conditional; empty where nothing is modified."""
    physical_id: str = ""
    properties: tuple[PropertyChange, ...] = ()
    scope: tuple[str, ...] = ()
    interrupts: bool = False
    """A running machine is stopped and started for it."""

    @property
    def loses_the_old_one(self) -> bool:
        """Whether the resource that is there now goes away, or may."""
        return self.action == "Remove" or self.replacement in {"True", "Conditional"}


@dataclass(frozen=True, kw_only=True)
class SizeChange:
    """How many docker hosts there are to be; set on the group after the stack is updated."""

    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class ScalePlan:
    """From so many docker hosts to so many."""

    name: str
    region: str
    account_id: str
    before: int
    after: int
    servers_before: int
    """How many of the hosts have a vote in each cluster."""
    servers_after: int
    stages: tuple[int, ...]
    """The sizes on the way, the last one `after`; none when there is nothing to change."""

    @property
    def has_changes(self) -> bool:
        """Whether hosts come or go."""
        return bool(self.stages)


@dataclass(frozen=True, kw_only=True)
class CrowdedService:
    """A service that has many tasks on one machine and few on another."""

    service: str
    most: int
    fewest: int
    tasks: int


@dataclass(frozen=True, kw_only=True)
class RebalancePlan:
    """What `rebalance` will roll."""

    name: str
    region: str
    account_id: str
    crowded: tuple[CrowdedService, ...]

    @property
    def has_changes(self) -> bool:
        """Whether anything is crowded."""
        return bool(self.crowded)


@dataclass(frozen=True, kw_only=True)
class RecoveryPlan:
    """From which host the clusters go on when the majority of their servers is gone."""

    name: str
    region: str
    account_id: str
    lost: tuple[str, ...]
    """The clusters without a majority."""
    survivor: str
    """The docker host that goes on alone."""
    survivor_id: str
    gone: tuple[str, ...]
    """The instance ids of servers that run no more."""

    @property
    def has_changes(self) -> bool:
        """Always: a stax without a lost quorum has no such plan."""
        return True


@dataclass(frozen=True, kw_only=True)
class UpdatePlan:
    """What `update` will do to a stax that is there."""

    name: str
    region: str
    account_id: str
    changes: tuple[ResourceChange, ...]
    size: SizeChange | None = None
    forbidden: tuple[str, ...] = ()
    """Logical ids of machines, interfaces and addresses that would be replaced; `update` refuses unless allowed."""
    change_set_id: str = ""
    """Where CloudFormation holds these changes ready; empty when there are none."""

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changes) or self.size is not None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is gone or broken, and what `repair` does about it."""

    subject: str
    finding: str
    mend: str
    """What will be done, in words; empty when a person must do it."""


@dataclass(frozen=True, kw_only=True)
class RepairPlan:
    """Everything that is wrong with a stax, as found by asking AWS."""

    name: str
    region: str
    account_id: str
    findings: tuple[Finding, ...]

    @property
    def has_changes(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.findings)


@dataclass(frozen=True, kw_only=True)
class DestroyPlan:
    """What `destroy` will take away, as found by asking AWS."""

    name: str
    region: str
    account_id: str
    status: str
    """The stack's status; empty when there is no stack (any more)."""
    quantities: tuple[Quantity, ...]
    created_by: str = ""
    backups: int = 0
    """How many copies of etcd's and the Swarm's state go with the bucket."""

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to take away."""
        return bool(self.status or self.quantities)
