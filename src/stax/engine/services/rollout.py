"""A deployment carried out: begun, followed until every task is healthy, taken back when one never is.

May be interrupted anywhere: the Swarm goes on by itself, and the same command again follows it to its end.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from stax.compose.render import as_text, contents
from stax.engine.clock import Clock, Stopwatch
from stax.engine.services import failures, homes
from stax.engine.services.planning import document_of, last_good, secrets_of, tasks, wanted_of, with_secrets
from stax.engine.services.progress import Progress, Watch, progress
from stax.engine.services.swarm import DeploymentRefused, Swarm
from stax.errors import StaxError, Unhealthy
from stax.events import Event, StepDetail, StepStarted, Warned
from stax.model.services import Definition, Revision, StackPlan
from stax.remote.docker_api import DockerRefuses

POLL_LONGEST_S = 1.0
GONE_WITHIN_S = 120.0
BACK_WITHIN_S = 300.0
"""A rollback waits so long for the tasks of the revision that was healthy before."""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """What it takes to carry a plan out."""

    swarm: Swarm
    clock: Clock
    by: str
    """Who deploys, for the revision."""
    wait_s: float
    asks_registries: bool
    """Whether Docker is to look for the images in their registries."""

    def secrets(self, stack: str, definition: Definition) -> Mapping[str, str]:
        """Return the Swarm's names of a definition's secrets, the newest version of each."""
        return secrets_of(definition, stack, self.swarm.secret_names())[0]


def roll_out(at: Rollout, plan: StackPlan, verb: str) -> Generator[Event, None, None]:
    """Deploy a stack and wait until it is healthy.

    Raises Unhealthy with what failed and why, when the stack is again what it was before.
    """
    there = at.swarm.seen(plan.stack)
    before = last_good(at.swarm.revisions(plan.stack)) if there.services else None
    one = _revision(at, plan, verb)
    yield StepStarted(step=f"deploying {plan.stack}, revision {plan.revision}")
    watch = Watch(before=frozenset(task.id for task in there.tasks))
    at.swarm.begin(one)
    _close_interrupted(at.swarm, one)
    try:
        _hand_over(at, plan.stack, one.definition)
    except (DeploymentRefused, DockerRefuses) as refusal:
        at.swarm.end(one, "failed")
        end = yield from _taken_back(at, one, before)
        raise StaxError(refusal.message, hint=end) from refusal
    reached = yield from _followed(at, one, watch)
    if reached.is_done:
        at.swarm.end(one, "done")
        at.swarm.forget_configs(plan.stack, contents(plan.stack, plan.definition))
        return
    reason = reached.failed or f"not healthy within {at.wait_s:.0f} s: {reached}"
    told = list(failures.told(at.swarm, reached.culprits))
    at.swarm.end(one, "failed")
    yield Warned(text=f"{plan.stack} revision {one.number}: {reason}", hint="\n".join(told))
    end = yield from _taken_back(at, one, before)
    raise Unhealthy(f"{plan.stack} revision {one.number} did not become healthy: {reason}", hint=end)


def _close_interrupted(swarm: Swarm, one: Revision) -> None:
    for older in swarm.revisions(one.stack):
        if older.number < one.number and older.outcome == "deploying":
            swarm.end(older, "interrupted")


def _revision(at: Rollout, plan: StackPlan, verb: str) -> Revision:
    return Revision(
        stack=plan.stack,
        number=plan.revision,
        at=datetime.now(UTC),
        by=at.by,
        verb=verb,
        outcome="deploying",
        definition=with_secrets(plan.definition, at.secrets(plan.stack, plan.definition)),
    )


def _hand_over(at: Rollout, stack: str, definition: Definition) -> None:
    secrets = at.secrets(stack, definition)
    at.swarm.have_shared_network()
    homes.settle(at.swarm.docker, homes.homeless(definition))
    at.swarm.have_configs(stack, contents(stack, definition))
    at.swarm.deploy(stack, as_text(document_of(stack, definition, secrets)), asks_registries=at.asks_registries)


def _followed(at: Rollout, one: Revision, watch: Watch) -> Generator[Event, None, Progress]:
    wanted = wanted_of(one.definition, at.secrets(one.stack, one.definition))
    stopwatch = Stopwatch(at.clock, at.wait_s)
    said = ""
    while True:
        reached = progress(wanted, at.swarm.seen(one.stack), watch, stopwatch.elapsed_s)
        if str(reached) != said:
            said = str(reached)
            yield StepDetail(text=said)
        if reached.is_done or reached.failed or stopwatch.is_over:
            return reached
        stopwatch.pause(longest_s=POLL_LONGEST_S)


def _taken_back(at: Rollout, failed: Revision, before: Revision | None) -> Generator[Event, None, str]:
    """Bring the stack to what it was before; return in words how it stands then."""
    if before is None:
        yield StepStarted(step=f"removing {failed.stack}, which did not run before")
        yield from removed(at.swarm, at.clock, failed.stack)
        return f"{failed.stack} is removed again; its volumes and the revision's definition are kept"
    yield StepStarted(step=f"rolling {failed.stack} back to revision {before.number}")
    watch = Watch(before=frozenset(task.id for task in at.swarm.seen(failed.stack).tasks))
    _hand_over(at, failed.stack, before.definition)
    patient = replace(at, wait_s=BACK_WITHIN_S)
    back = yield from _followed(patient, before, watch)
    if back.is_done:
        return f"{failed.stack} is at revision {before.number} again, and healthy"
    return f"{failed.stack} was set back to revision {before.number}, and is not healthy: {back.failed or back}"


def removed(swarm: Swarm, clock: Clock, stack: str) -> Generator[Event, None, None]:
    """Remove a stack and wait until the last of its tasks has ended.  Raises Unhealthy when one does not."""
    before = swarm.seen(stack)
    swarm.remove(stack)
    stopwatch = Stopwatch(clock, GONE_WITHIN_S)
    waiting = {task.id for task in before.tasks if task.state == "running"}
    told = -1
    while True:
        left = swarm.unended(waiting)
        if not left and not swarm.seen(stack).services:
            return
        if stopwatch.is_over:
            message = f"{stack}: {tasks(len(left))} still to end after {GONE_WITHIN_S:.0f} s"
            raise Unhealthy(message, hint="the same command again waits on")
        if left and len(left) != told:
            told = len(left)
            yield StepDetail(text=f"{tasks(told)} still to end")
        stopwatch.pause(longest_s=POLL_LONGEST_S)
