"""A stack as CloudFormation reports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack at one moment."""

    name: str
    stack_id: str
    status: str
    status_reason: str = ""
    created_at: datetime
    updated_at: datetime | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    termination_protected: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether stax made it: it carries its own name in the tag that stax sets."""
        return self.tags.get("stax:name") == self.name

    @property
    def in_progress(self) -> bool:
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, kw_only=True)
class StackEvent:
    """One line of a stack's own story; `logical_id` is the stack's name where it is about the stack."""

    event_id: str
    at: datetime
    stack_id: str
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str = ""

    @property
    def is_about_the_stack(self) -> bool:
        """Whether it tells a status of the stack itself, not of one of its resources."""
        return self.physical_id == self.stack_id
