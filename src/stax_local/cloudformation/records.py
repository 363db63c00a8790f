"""What is remembered of the stacks of an account in a region: plain data that can be pickled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stax_local.cloudformation.parameters import Parameter
from stax_local.cloudformation.template import Template
from stax_local.cloudformation.work import Signal

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass
class ResourceRecord:
    """A resource that exists, or of which an operation has begun to speak."""

    logical_id: str
    type: str
    updated_at: datetime
    status: str = ""
    reason: str = ""
    physical_id: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    """As last applied, without any reference left."""
    tags: dict[str, str] = field(default_factory=dict)
    """The stack's tags as last applied."""
    attributes: dict[str, Any] = field(default_factory=dict)
    """As read when the template first asked for one; empty before that and after each update."""
    dependencies: frozenset[str] = frozenset()
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    metadata: dict[str, Any] = field(default_factory=dict)
    description: str = ""
    suffix: str = ""
    """The random end of its generated name, drawn before it is made."""
    attempted: dict[str, Any] | None = None
    """The properties that an update in place was about to give it, while it is not known whether it did."""
    made: bool = False
    """False until the creation is done: what an interrupted one left must be removed first."""
    refused: bool = False
    """Whether the service refused to make it: what looks like it is then somebody else's."""
    drift_status: str = "NOT_CHECKED"
    drift_checked_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """One line of a stack's story."""

    event_id: str
    at: datetime
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str = ""
    properties: str = ""
    token: str = ""
    operation_id: str = ""


@dataclass(frozen=True)
class Target:
    """What a stack is to be: its template with values."""

    template: Template
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    notification_arns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Output:
    """An output of a stack, with the name it is exported under ('' for none)."""

    key: str
    value: str
    description: str = ""
    export_name: str = ""


@dataclass
class ChangeSet:
    """A change set; `changes` is the API's own shape, computed when it was made."""

    change_set_id: str
    name: str
    type: str
    target: Target
    created_at: datetime
    description: str = ""
    on_stack_failure: str = ""
    status: str = "CREATE_COMPLETE"
    reason: str = ""
    execution_status: str = "AVAILABLE"
    changes: list[dict[str, Any]] = field(default_factory=list)
    token: str = ""


@dataclass
class Stack:
    """A stack, deleted ones too."""

    stack_id: str
    name: str
    created_at: datetime
    target: Target
    previous: Target | None = None
    """What the stack was before the update that is under way."""
    before_update: dict[str, ResourceRecord] = field(default_factory=dict)
    """The resources as they were before the update that is under way."""
    status: str = ""
    reason: str = ""
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    on_failure: str = "ROLLBACK"
    created_to_stay: bool = False
    """Whether CreateStack said OnFailure DO_NOTHING: unlike with DisableRollback, no update mends it when it fails."""
    retain_except_on_create: bool = False
    timeout_minutes: int | None = None
    protected: bool = False
    resources: dict[str, ResourceRecord] = field(default_factory=dict)
    superseded: list[ResourceRecord] = field(default_factory=list)
    """Replaced or no longer wanted: deleted at the end of the operation."""
    retain: frozenset[str] = frozenset()
    """Logical ids that a deletion is to leave alone."""
    skip: frozenset[str] = frozenset()
    """Logical ids that an update rollback is not to touch."""
    force_delete: bool = False
    cancel_requested: bool = False
    delete_requested: bool = False
    """Whether DeleteStack came while the creation was under way."""
    timed_out: bool = False
    outputs: list[Output] = field(default_factory=list)
    imports: frozenset[str] = frozenset()
    """Names exported by other stacks that this one uses."""
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    change_set_id: str = ""
    """The change set last executed."""
    signals: dict[str, dict[str, Signal]] = field(default_factory=dict)
    """Logical id → unique id → signal."""
    tokens: dict[str, str] = field(default_factory=dict)
    """ClientRequestToken → the API operation that it began."""
    operation_id: str = ""
    token: str = ""
    role_arn: str = ""
    drifts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Logical id → what was last found of its drift, in the API's shape."""
    drift_status: str = "NOT_CHECKED"
    drift_checked_at: datetime | None = None

    @property
    def in_progress(self) -> bool:
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


@dataclass
class Account:
    """All stacks of one account in one region, by stack id, oldest first."""

    account_id: str
    region: str
    stacks: dict[str, Stack] = field(default_factory=dict)
    drift_detections: dict[str, dict[str, Any]] = field(default_factory=dict)

    def live(self, name: str) -> Stack | None:
        """Return the stack of that name that is not deleted."""
        found = (each for each in self.stacks.values() if each.name == name and each.status != "DELETE_COMPLETE")
        return next(found, None)

    def find(self, name_or_id: str) -> Stack | None:
        """Return a stack by its name (not deleted ones) or by its id (any)."""
        return self.stacks.get(name_or_id) or self.live(name_or_id)

    def exports(self) -> dict[str, tuple[Stack, Output]]:
        """Return what is exported, by name."""
        living = (each for each in self.stacks.values() if each.status != "DELETE_COMPLETE")
        return {o.export_name: (each, o) for each in living for o in each.outputs if o.export_name}
