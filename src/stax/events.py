"""What a long verb tells while it works: small frozen facts, one class a kind.

A verb is a generator of these; the live terminal, the plain lines and `--output json` are three
listeners.  Every event has an `at` (UTC) filled in when it is made.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something happened, `at` a moment in UTC."""

    at: datetime = field(default_factory=_now)


@dataclass(frozen=True, kw_only=True)
class StaxNamed(Event):
    """The stax that all that follows is about."""

    name: str
    region: str


@dataclass(frozen=True, kw_only=True)
class StepStarted(Event):
    """A step of the verb begins: a short phrase such as "uploading the template"."""

    step: str


@dataclass(frozen=True, kw_only=True)
class StepDetail(Event):
    """Something worth knowing within the current step."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Warned(Event):
    """Something the person should know, though the verb goes on."""

    text: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Checked(Event):
    """One line of a preflight or of a proof: what was looked at and how it stands."""

    subject: str
    ok: bool
    finding: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class ResourceChanged(Event):
    """A resource of the stack entered a status, as CloudFormation reports it.

    `elapsed_s` is the time since the same resource's *_IN_PROGRESS, when both were seen.
    """

    logical_id: str
    resource_type: str
    status: str
    reason: str = ""
    physical_id: str = ""
    elapsed_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class StackChanged(Event):
    """The stack itself entered a status."""

    name: str
    status: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TrialStepStarted(Event):
    """A step of `stax test` begins: the first has the number 1."""

    step: str
    about: str
    number: int
    count: int


@dataclass(frozen=True, kw_only=True)
class TrialStepEnded(Event):
    """A step of `stax test` is over: passed, failed or skipped, and for the latter two why."""

    step: str
    verdict: str
    reason: str
    elapsed_s: float


@dataclass(frozen=True, kw_only=True)
class Finished(Event):
    """The verb is done: one sentence, and how long it took."""

    text: str
    elapsed_s: float
