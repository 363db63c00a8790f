"""One operation on one stack: what its steps share."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event
from typing import Any

from stax_local.cloudformation.blueprint import Blueprint, Known, Place, Surroundings
from stax_local.cloudformation.journal import Journal
from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.records import Account, ResourceRecord, Stack, Target
from stax_local.cloudformation.shapes import ResourceType
from stax_local.cloudformation.work import Work


@dataclass(frozen=True)
class Run:
    """One operation on one stack; lives in a thread of its own, for as long as the operation."""

    account: Account
    stack: Stack
    types: Mapping[str, ResourceType]
    client_of: Callable[[str], Any]
    surroundings: Surroundings
    journal: Journal
    pool: Executor
    handle_url: Callable[[str, str], str]
    """(stack id, logical id) → the URL of a wait condition handle."""
    resumed: bool = False
    """Whether the region was started anew in its middle: the world may then be ahead of the records."""
    cancelled: Event = field(default_factory=Event)
    """Set when a resource has failed, the operator wants to stop, or the time is over."""

    def blueprint_of(self, target: Target) -> Blueprint:
        """Return a target ready to be evaluated for this stack."""
        place = Place(self.stack.name, self.stack.stack_id, self.account.account_id, self.account.region)
        return Blueprint(target, place, self.surroundings, self.types)

    @cached_property
    def blueprint(self) -> Blueprint:
        """What the stack is to be."""
        return self.blueprint_of(self.stack.target)

    @cached_property
    def previous(self) -> Blueprint:
        """What the stack was before the update that is being rolled back."""
        return self.blueprint_of(self.stack.previous or self.stack.target)

    @property
    def known(self) -> Known:
        """What the resources are known as now; asking for one that is not there is an error of the template."""
        return Known(self._physical_id, self._attribute)

    def tags_of(self, logical_id: str, target: Target) -> dict[str, str]:
        """Return the tags that CloudFormation adds to a resource, where it takes any: the stack's and its own three."""
        if not self.types[target.template.resources[logical_id].type].takes_tags:
            return {}
        return {
            **target.tags,
            "aws:cloudformation:stack-name": self.stack.name,
            "aws:cloudformation:stack-id": self.stack.stack_id,
            "aws:cloudformation:logical-id": logical_id,
        }

    def work_on(self, record: ResourceRecord, made: Callable[[str], None] | None = None) -> Work:
        """Return what the functions of the record's type are given."""

        def remember(physical_id: str) -> None:
            record.physical_id = physical_id

        return Work(
            record.logical_id,
            self.stack.name,
            self.stack.stack_id,
            self.account.account_id,
            self.account.region,
            record.suffix,
            record.tags,
            self.client_of,
            made or remember,
            self.journal.clock,
            self.cancelled,
            (self.stack.updated_at or self.stack.created_at) if self.resumed else None,
            self.handle_url(self.stack.stack_id, record.logical_id),
            lambda logical_id: dict(self.stack.signals.get(logical_id, {})),
        )

    def _physical_id(self, logical_id: str) -> Any:
        record = self.stack.resources.get(logical_id)
        if record is None or not record.physical_id:
            raise TemplateError(f"Unresolved resource dependencies [{logical_id}]")
        return record.physical_id

    def _attribute(self, logical_id: str, name: str) -> Any:
        record = self.stack.resources.get(logical_id)
        if record is not None and record.physical_id and name not in record.attributes:
            # Read when first asked for: most attributes never are.
            live = self.types[record.type].read(self.work_on(record), record.physical_id, record.properties)
            record.attributes = dict(live.attributes) if live else {}
        if record is None or name not in record.attributes:
            raise TemplateError(f"Attribute '{name}' does not exist for {logical_id}")
        return record.attributes[name]
