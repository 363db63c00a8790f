"""Change a stax that is there: `prepare` shows what would change, property by property, `update` does it.

    plan = yield from prepare(site, request)
    stack = yield from update(site, request, plan)

The plan holds a change set in AWS; `discard` removes it when it is not wanted.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stax.api.watch import existing_stack
from stax.aws import change_sets, images
from stax.aws.cloudformation import EventReader, StackRequest
from stax.aws.session import Aws
from stax.config import Configuration
from stax.engine.capacity import set_desired_capacity, size_change
from stax.engine.change import ask, execute, forbidden
from stax.engine.clock import Stopwatch
from stax.engine.follow import follow
from stax.engine.health import wait_until_healthy
from stax.engine.material import Material, gather
from stax.engine.nat_keys import supply_nat_keys
from stax.engine.record import recorded
from stax.engine.site import Site
from stax.engine.statuses import Answer, answer
from stax.engine.supplies import supply_bucket, upload
from stax.engine.tags import tags_for
from stax.errors import StaxError, UsageError
from stax.events import Event, Finished, StaxNamed, StepStarted
from stax.model.plan import UpdatePlan
from stax.model.stack import Stack

TIMEOUT_S = 3600.0
CHANGE_SET_TIMEOUT_S = 300.0

# A machine's Ignition runs on its first boot alone: a new image or configuration would replace or restart
# the box without changing what runs on it.  They stay what they were unless the newest are asked for.
KEPT = ("ImageId", "JumpIgnitionKey", "JumpIgnitionHash", "NATIgnitionKey", "NATIgnitionHash")


@dataclass(frozen=True, kw_only=True)
class UpdateRequest:
    """What a person asks for."""

    name: str
    configuration: Configuration
    template: Path | None = None
    image: Literal["keep", "latest"] = "keep"
    """`latest` takes the newest image of the channel and the machines' newest configurations."""
    allow_replacement: bool = False
    """Go on even where machines, interfaces or addresses are replaced or removed."""


def prepare(site: Site, request: UpdateRequest) -> Generator[Event, None, UpdatePlan]:
    """Have CloudFormation work out what would change, and return it.  Changes nothing."""
    yield StaxNamed(name=request.name, region=site.aws.place)
    stack = existing_stack(site, request.name)
    _refuse_unless_settled(site.aws, stack)
    wanted = yield from _wanted(site, request, stack)
    stopwatch = site.stopwatch(CHANGE_SET_TIMEOUT_S)
    change_set_id = yield from ask(site.aws, wanted, stopwatch)
    changes = tuple(change_sets.changes(site.aws, change_set_id)) if change_set_id else ()
    return UpdatePlan(
        name=request.name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        changes=changes,
        size=size_change(site.aws, stack, request.configuration.cluster_size),
        forbidden=forbidden(changes),
        change_set_id=change_set_id,
    )


def discard(site: Site, plan: UpdatePlan) -> None:
    """Forget a plan that will not be carried out."""
    if plan.change_set_id:
        change_sets.delete_change_set(site.aws, plan.change_set_id)


def update(
    site: Site,
    request: UpdateRequest,
    plan: UpdatePlan,
    *,
    detach: bool = False,
    timeout_s: float = TIMEOUT_S,
) -> Generator[Event, None, Stack]:
    """Carry out a plan and wait until the stax is healthy again; return the stack.

    Raises UsageError, before anything is changed, when machines or addresses would be replaced and
    the request does not allow it; StaxError with the first cause when the update fails, after
    CloudFormation has put everything back.
    """
    stopwatch = site.stopwatch(timeout_s)
    if plan.forbidden and not request.allow_replacement:
        discard(site, plan)
        message = f"this update would replace or remove {', '.join(plan.forbidden)}; nothing was changed"
        raise UsageError(message, hint="if that is what you want: --allow-replacement")
    with recorded(site, "update", plan.name), site.local.lock(plan.name, verb="update"):
        stack = existing_stack(site, plan.name)
        reader = EventReader(site.aws, stack.stack_id)
        reader.skip_to_now()
        # A stax that was made before there were such keys gets them here.
        yield from supply_nat_keys(site, plan.name, dict(stack.tags))
        if plan.change_set_id:
            yield from _execute(site, request, plan, stack)
        if detach:
            text = f"{plan.name} is being changed; see: {site.aws.command('watch', plan.name)}"
            yield Finished(text=text, elapsed_s=stopwatch.elapsed_s)
            return stack
        if plan.has_changes:
            stack = yield from _follow_through(site, plan, reader, stopwatch)
        yield Finished(text=_ending(plan), elapsed_s=stopwatch.elapsed_s)
    return stack


def _wanted(site: Site, request: UpdateRequest, stack: Stack) -> Generator[Event, None, StackRequest]:
    material = _material(site, request, stack)
    tags = tags_for(request.name, request.configuration.tags(), previous=stack.tags)
    wanted = StackRequest(
        name=request.name,
        template=material.template.text,
        template_url=site.aws.object_url(site.bucket(request.name), material.template_key),
        parameters=_parameters(stack, material, keep=request.image == "keep"),
        tags=tags,
    )
    if wanted.is_too_long_to_send:
        # The only way to show CloudFormation such a template: it fetches it from the stax's own bucket.
        bucket = yield from supply_bucket(site, request.name, tags)
        yield from upload(site, bucket, {material.template_key: material.objects[material.template_key]})
    return wanted


def _execute(site: Site, request: UpdateRequest, plan: UpdatePlan, stack: Stack) -> Generator[Event, None, None]:
    """Have in the bucket what the machines will ask for, then let CloudFormation begin."""
    tags = tags_for(request.name, request.configuration.tags(), previous=stack.tags)
    bucket = yield from supply_bucket(site, plan.name, tags)
    yield from upload(site, bucket, _material(site, request, stack).objects)
    yield StepStarted(step="changing the stack")
    execute(site.aws, stack, plan.change_set_id)


def _follow_through(
    site: Site, plan: UpdatePlan, reader: EventReader, stopwatch: Stopwatch
) -> Generator[Event, None, Stack]:
    """See the stack changed, then the number of docker hosts, then all of it healthy."""
    if plan.change_set_id:
        outcome = yield from follow(reader, stopwatch, name=plan.name)
        if outcome.status != "UPDATE_COMPLETE":
            raise _failure(site.aws, plan.name, outcome.status, outcome.cause)
    stack = existing_stack(site, plan.name)
    if plan.size is not None:
        yield StepStarted(step=f"from {plan.size.before} to {plan.size.after} docker hosts")
        set_desired_capacity(site.aws, stack, plan.size.after)
    yield from wait_until_healthy(site.aws, stack, stopwatch)
    return stack


def _ending(plan: UpdatePlan) -> str:
    if not plan.has_changes:
        return f"{plan.name} is as it should be, there was nothing to change"
    return f"{plan.name} is changed and healthy"


def _refuse_unless_settled(aws: Aws, stack: Stack) -> None:
    todo = answer("update", stack.status)
    if todo is Answer.PROCEED:
        return
    hint = aws.command("watch" if todo is Answer.REFUSE_BUSY else "repair", stack.name)
    raise StaxError(f"{stack.name} is {stack.status}: {todo.value}", hint=hint)


def _material(site: Site, request: UpdateRequest, stack: Stack) -> Material:
    image_id = stack.parameters.get("ImageId", "")
    if request.image == "latest" or not image_id:
        wish = request.configuration
        image_id = images.newest_image(site.aws, channel=wish.channel, architecture=wish.architecture).image_id
    return gather(site, request.name, request.configuration, image_id=image_id, template=request.template)


def _parameters(stack: Stack, material: Material, *, keep: bool) -> Mapping[str, str | None]:
    """Return the new parameters; None keeps what the stack has."""
    parameters: dict[str, str | None] = dict(material.parameters)
    if keep:
        parameters |= {key: None for key in KEPT if key in parameters and key in stack.parameters}
    return parameters


def _failure(aws: Aws, name: str, status: str, cause: str) -> StaxError:
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return StaxError(f"{name} could not be changed: {cause}", hint="everything is as it was before")
    return StaxError(f"{name} is {status}: {cause}", hint=aws.command("repair", name))
