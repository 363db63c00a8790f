"""What `stax test` is going to do, and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from stax.model.plan import CreatePlan

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """One thing that was to hold, and what was found."""

    subject: str
    ok: bool
    finding: str


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """How one step of the walk went."""

    step: str
    about: str
    verdict: Verdict
    elapsed_s: float = 0.0
    reason: str = ""
    """Why it failed or was skipped."""
    advice: str = ""
    assertions: tuple[Assertion, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)
    """Seconds by what took them, within the step."""


@dataclass(frozen=True, kw_only=True)
class TrialPlan:
    """The throw-away stax, and the steps of the walk by their names, in their order."""

    creation: CreatePlan
    steps: tuple[tuple[str, str], ...]
    """Name and what it is about."""
    leftovers: tuple[str, ...]
    """Stax that an earlier test left behind when it was killed: removed first."""

    @property
    def name(self) -> str:
        """The name of the stax, which no other has."""
        return self.creation.name


@dataclass(frozen=True, kw_only=True)
class TrialReport:
    """The whole walk, as far as it went."""

    name: str
    region: str
    account_id: str
    began_at: datetime
    elapsed_s: float
    results: tuple[StepResult, ...]

    @property
    def failures(self) -> tuple[StepResult, ...]:
        """What did not hold."""
        return tuple(one for one in self.results if one.verdict == "failed")

    @property
    def is_passed(self) -> bool:
        """Whether every step was walked, and all of it held."""
        return all(one.verdict == "passed" for one in self.results)
