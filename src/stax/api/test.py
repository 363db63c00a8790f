"""Rehearse all that stax promises on a throw-away stax: made, walked through step by step, taken away.

    plan = yield from prepare(site, request)
    with site.local.trials.at_work(plan.name, …):
        trial = Trial(site, request, plan, chosen(request.only), …)
        yield from trial.walk()
        yield from trial.clear_away()

`clear_away` is for whoever breaks the walk off, too; a walk that was killed is found by the next `prepare`.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from stax.api import create
from stax.api.create import CreateRequest
from stax.api.destroy import destroy
from stax.api.trial.steps import DESTROY, Step, chosen
from stax.api.trial.walk import Story, Walk
from stax.compose.auto_services import NO_SERVICES
from stax.config.names import trial_name
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Checked, Event, Finished, StepDetail, TrialStepEnded, TrialStepStarted, Warned
from stax.local_state.folder import who_and_where
from stax.model.trial import Assertion, StepResult, TrialPlan, TrialReport


@dataclass(frozen=True, kw_only=True)
class TrialRequest:
    """What a person asks for."""

    creation: CreateRequest
    """The stax to be thrown away; its name is chosen here."""
    only: tuple[str, ...] = ()
    """The steps to walk, with those that they need; empty: all."""


def prepare(site: Site, request: TrialRequest) -> Generator[Event, None, TrialPlan]:
    """Return what would be made and walked, and what an earlier test has left.  Changes nothing."""
    steps = chosen(request.only)
    creation = yield from create.prepare(site, replace(request.creation, name=trial_name(), services=NO_SERVICES))
    return TrialPlan(
        creation=creation,
        steps=tuple((step.name, step.about) for step in steps),
        leftovers=site.local.trials.abandoned(),
    )


def clear_leftovers(site: Site, plan: TrialPlan) -> Generator[Event, None, None]:
    """Remove what earlier tests left when they were killed, and say so."""
    for name in plan.leftovers:
        yield Warned(text=f"{name} was left by a test that was killed: it is removed first")
        yield from destroy(site, name)
        site.local.trials.remove(name)


@dataclass
class Trial:
    """One walk: what it finds is kept as it goes, so that a walk that was broken off has its report, too."""

    site: Site
    request: TrialRequest
    plan: TrialPlan
    steps: tuple[Step, ...]
    person_home: Path
    results: list[StepResult] = field(default_factory=list)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._stopwatch = self.site.stopwatch(0.0)
        creation = replace(self.request.creation, name=self.plan.name, services=NO_SERVICES)
        self._walk = Walk(self.site, creation, self.plan.creation, self.person_home)

    @property
    def holder(self) -> str:
        """Who is at it, for whoever comes across its lock."""
        return f"{who_and_where()}: stax test {self.plan.name}"

    def walk(self) -> Generator[Event, None, None]:
        """Walk every step; one that fails does not keep those from being walked that do not need it."""
        try:
            yield from self._walk_steps()
        finally:
            self._walk.close()

    def _walk_steps(self) -> Generator[Event, None, None]:
        count = len(self.steps) + 1
        for number, step in enumerate(self.steps, 1):
            passed = {one.step for one in self.results if one.verdict == "passed"}
            missing = [need for need in step.needs if need not in passed]
            yield TrialStepStarted(step=step.name, about=step.about, number=number, count=count)
            if missing:
                yield self._ended(_skipped(step, missing[0]))
            else:
                yield from self._step(step.name, step.about, step.walk(self._walk))

    def clear_away(self) -> Generator[Event, None, None]:
        """Take the stax away, whatever state it is in, and prove it; its record goes with it."""
        name, about = DESTROY
        count = len(self.steps) + 1
        yield TrialStepStarted(step=name, about=about, number=count, count=count)
        yield from self._step(name, about, destroy(self.site, self.plan.name))
        if self.results[-1].verdict == "passed":
            self.site.local.trials.remove(self.plan.name)

    def keep(self) -> None:
        """Leave the stax where it is: it is nobody's leftover."""
        self.site.local.trials.remove(self.plan.name)

    def report(self) -> TrialReport:
        """Return how it went, as far as it went."""
        return TrialReport(
            name=self.plan.name,
            region=self.site.aws.place,
            account_id=self.site.aws.identity.account_id,
            began_at=self.began_at,
            elapsed_s=round(self._stopwatch.elapsed_s, 1),
            results=tuple(self.results),
        )

    def _step(self, name: str, about: str, story: Story) -> Generator[Event, None, None]:
        """Walk one step and note how it went; a Ctrl-C within it is noted as well."""
        stopwatch, assertions, complaint = self.site.stopwatch(0.0), list[Assertion](), list[StaxError]()
        self._walk.measured = {}
        with self._noted(name, about):
            try:
                for event in story:
                    yield from _passed_on(event, assertions)
            except StaxError as error:
                complaint.append(error)
            broken = [one for one in assertions if not one.ok]
            reason = complaint[0].message if complaint else _first_of(broken)
            result = StepResult(
                step=name,
                about=about,
                verdict="failed" if reason else "passed",
                elapsed_s=round(stopwatch.elapsed_s, 1),
                reason=reason,
                advice=complaint[0].hint if complaint else "",
                assertions=tuple(assertions),
                measured=dict(self._walk.measured),
            )
        yield self._ended(result)

    @contextmanager
    def _noted(self, name: str, about: str) -> Iterator[None]:
        """Note a step that does not come to its end, by Ctrl-C or by a fault of stax's own."""
        try:
            yield
        except BaseException as cause:
            is_person = isinstance(cause, KeyboardInterrupt | GeneratorExit)
            reason = "interrupted" if is_person else f"a fault of stax: {type(cause).__name__}: {cause}"
            self.results.append(StepResult(step=name, about=about, verdict="failed", reason=reason))
            raise

    def _ended(self, result: StepResult) -> TrialStepEnded:
        self.results.append(result)
        return TrialStepEnded(
            step=result.step, verdict=result.verdict, reason=result.reason, elapsed_s=result.elapsed_s
        )


def _skipped(step: Step, missing: str) -> StepResult:
    return StepResult(step=step.name, about=step.about, verdict="skipped", reason=f"{missing} has not passed")


def _first_of(broken: list[Assertion]) -> str:
    return f"{broken[0].subject}: {broken[0].finding}" if broken else ""


def _passed_on(event: Event, assertions: list[Assertion]) -> Iterator[Event]:
    """Note what was to hold; the end of a verb within a step is not the end of the walk."""
    if isinstance(event, Checked):
        assertions.append(Assertion(subject=event.subject, ok=event.ok, finding=event.finding))
    yield StepDetail(text=event.text) if isinstance(event, Finished) else event
