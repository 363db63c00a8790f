"""Make a stax: `prepare` looks and plans, `create` does it.

    plan = yield from prepare(site, request)
    stack = yield from create(site, request, plan)

Both tell what they do as events.  `create` may be interrupted anywhere: run again, it goes on, and
without a name it finds the one it had chosen.
"""

import secrets
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from stax.api.auto_services import start_them
from stax.aws import cloudformation
from stax.aws.cloudformation import EventReader, StackRequest
from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.compose.auto_services import NO_SERVICES, AutoServices
from stax.config import Configuration
from stax.config.names import checked_name, generated_name
from stax.engine.beginnings import read_beginning, supply_beginning
from stax.engine.clock import Stopwatch
from stax.engine.demolition import demolish, refuse_foreign
from stax.engine.follow import follow
from stax.engine.health import wait_until_healthy
from stax.engine.material import Material, gather
from stax.engine.nat_keys import supply_nat_keys
from stax.engine.preflight import check_surroundings
from stax.engine.record import recorded
from stax.engine.services.way import Where
from stax.engine.site import Site
from stax.engine.ssh_key import check_key, chosen_key
from stax.engine.statuses import Answer, answer
from stax.engine.supplies import supply_bucket, supply_key_pair, upload
from stax.engine.tags import tags_for
from stax.errors import StaxError
from stax.events import Event, Finished, StaxNamed, StepDetail, StepStarted, Warned
from stax.model.plan import CreatePlan
from stax.model.stack import Stack
from stax.synth.contents import planned_resources, quantities

TIMEOUT_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class CreateRequest:
    """What a person asks for."""

    configuration: Configuration
    name: str = ""
    """Empty: the one that an interrupted create had chosen, else a new one in the style of 2015."""
    template: Path | None = None
    """A template of one's own instead of the one that comes with stax."""
    ssh_key: Path | None = None
    """A key of one's own, by the path of either half."""
    keep_on_failure: bool = False
    """Leave a stack that failed as it is, to be looked at."""
    backup: Path | None = None
    """A folder with a backup, of which the clusters take what they begin with."""
    person_home: Path | None = None
    """Where `.ssh/id_ed25519.pub` is looked for; None: nowhere."""
    services: AutoServices = NO_SERVICES
    """What is started in the end."""


def prepare(site: Site, request: CreateRequest) -> Generator[Event, None, CreatePlan]:
    """Check what stands in the way and return everything that `create` would make.  Changes nothing.

    Raises UsageError for a name that cannot be, StaxError for one that is taken, Unhealthy when a
    quota or the like stands in the way.
    """
    name = checked_name(request.name) if request.name else _chosen_name(site)
    begins_with = str(read_beginning(request.backup)) if request.backup else ""
    if not request.configuration.key_name:
        check_key(wish=request.ssh_key, person_home=request.person_home)
    yield StaxNamed(name=name, region=site.aws.place)
    stack = cloudformation.find_stack(site.aws, name)
    todo = Answer.PROCEED if stack is None else _todo(site.aws, stack)
    image = yield from check_surroundings(site.aws, request.configuration, is_new=todo is Answer.PROCEED)
    image_id = stack.parameters.get("ImageId", image.image_id) if stack and todo is Answer.FOLLOW else image.image_id
    material = gather(site, name, request.configuration, image_id=image_id, template=request.template)
    if stack is not None and todo is Answer.SETTLED:
        _refuse_other(site.aws, stack, request.configuration)
        if begins_with:
            raise StaxError(
                f"{name} is there already: only a new stax begins with a backup", hint="choose another name"
            )
    return CreatePlan(
        name=name,
        region=site.aws.place,
        account_id=site.aws.identity.account_id,
        resources=planned_resources(material.template, material.parameters),
        quantities=quantities(material.template, material.parameters),
        image_id=image_id,
        parameters=material.parameters,
        begins_with=begins_with,
        resumes="" if stack is None else f"the stack {name} is {stack.status}: {todo.value}",
    )


def create(
    site: Site,
    request: CreateRequest,
    plan: CreatePlan,
    *,
    detach: bool = False,
    timeout_s: float = TIMEOUT_S,
) -> Generator[Event, None, Stack]:
    """Make what was planned, wait until it is healthy, and start its services; return the stack.

    `detach` returns as soon as CloudFormation is at work, and no service is started.  When the stack fails,
    everything is taken away again (unless the request keeps it) and StaxError says the first cause.
    """
    stopwatch = site.stopwatch(timeout_s)
    with recorded(site, "create", plan.name), site.local.lock(plan.name, verb="create"):
        # The name is on record before anything carries it: whatever happens now can be found again.
        site.local.begin_create(plan.name, generated=not request.name)
        stack, reader = yield from _begin(site, request, plan, stopwatch)
        if detach:
            site.local.end_create(plan.name)
            text = f"{plan.name} is being made; see: {site.aws.command('watch', plan.name)}"
            yield Finished(text=text, elapsed_s=stopwatch.elapsed_s)
            return stack
        outcome = yield from follow(reader, stopwatch, name=plan.name)
        if answer("create", outcome.status) is not Answer.SETTLED:
            yield from _failed(site, plan.name, outcome.cause, keep=request.keep_on_failure)
        stack = cloudformation.find_stack(site.aws, stack.stack_id) or stack
        yield from wait_until_healthy(site.aws, stack, stopwatch)
        site.local.end_create(plan.name)
        yield Finished(text=f"{plan.name} is there and healthy", elapsed_s=stopwatch.elapsed_s)
    if request.services.names:
        where = Where(person_home=request.person_home or Path.home(), name=plan.name)
        yield from start_them(site, stack, request.services, where)
    return stack


def _chosen_name(site: Site) -> str:
    """Return the name of the create that was interrupted here last and never seen through, else a new one.

    The stack may have come to its end without us: the same command still goes on with it, and never makes
    another one that nobody asked for.
    """
    for pending in site.local.interrupted_creates():
        if not pending.generated:
            continue
        stack = cloudformation.find_stack(site.aws, pending.name)
        if stack is None or stack.status == "CREATE_COMPLETE" or answer("create", stack.status) is not Answer.SETTLED:
            return pending.name
        site.local.end_create(pending.name)
    return generated_name()


def _todo(aws: Aws, stack: Stack) -> Answer:
    refuse_foreign(stack)
    todo = answer("create", stack.status)
    if todo is Answer.REFUSE_BUSY:
        raise StaxError(
            f"{stack.name} is {stack.status}: {todo.value}", hint=f"follow it: {aws.command('watch', stack.name)}"
        )
    if todo is Answer.REFUSE_BROKEN:
        hint = f"{aws.command('repair', stack.name)}, or destroy it"
        raise StaxError(f"{stack.name} is {stack.status}: {todo.value}", hint=hint)
    return todo


def _refuse_other(aws: Aws, stack: Stack, configuration: Configuration) -> None:
    """A stax that is there already is fine when it is the one asked for."""
    wanted = configuration.parameters()
    other = [key for key, value in wanted.items() if stack.parameters.get(key, value) != value]
    if other:
        message = f"{stack.name} is there already, with another {', '.join(other)}"
        raise StaxError(message, hint=f"change it: {aws.command('update', stack.name)}")


def _begin(
    site: Site, request: CreateRequest, plan: CreatePlan, stopwatch: Stopwatch
) -> Generator[Event, None, tuple[Stack, EventReader]]:
    """Bring the stack to where it only has to be followed."""
    stack = cloudformation.find_stack(site.aws, plan.name)
    todo = Answer.PROCEED if stack is None else _todo(site.aws, stack)
    if stack is not None and todo is Answer.CLEAR:
        yield Warned(text=f"{plan.name} is {stack.status}: what is left of it is removed first")
        yield from demolish(site.aws, plan.name, stopwatch)
    elif stack is not None and todo is not Answer.PROCEED:
        yield StepStarted(step=f"{plan.name} is {stack.status}: {todo.value}")
        reader = EventReader(site.aws, stack.stack_id)
        reader.skip_to_last_operation()
        return stack, reader
    wish = request.configuration
    material = gather(site, plan.name, wish, image_id=plan.image_id, template=request.template)
    yield from _supply(site, request, plan.name, material)
    stack = yield from _create_stack(site, request, plan.name, material)
    return stack, EventReader(site.aws, stack.stack_id)


def _supply(site: Site, request: CreateRequest, name: str, material: Material) -> Generator[Event, None, None]:
    tags = tags_for(name, request.configuration.tags())
    if not request.configuration.key_name:
        key = chosen_key(wish=request.ssh_key, person_home=request.person_home, folder=site.local.folder(name))
        yield from supply_key_pair(site, name, key, tags)
    yield from supply_nat_keys(site, name, tags)
    bucket = yield from supply_bucket(site, name, tags)
    yield from upload(site, bucket, material.objects)
    if request.backup:
        yield from supply_beginning(site, name, bucket, read_beginning(request.backup), tags)


def _create_stack(site: Site, request: CreateRequest, name: str, material: Material) -> Generator[Event, None, Stack]:
    yield StepStarted(step="creating the stack")
    wanted = StackRequest(
        name=name,
        template=material.template.text,
        template_url=site.aws.object_url(site.bucket(name), material.template_key),
        parameters=dict(material.parameters),
        tags=tags_for(name, request.configuration.tags()),
        token=f"stax-{secrets.token_hex(16)}",
    )
    try:
        stack_id = cloudformation.create_stack(site.aws, wanted)
    except AwsError as error:
        # The answer to a CreateStack that did work can be lost; then the stack is there, and ours.
        stack = cloudformation.find_stack(site.aws, name) if error.code == "AlreadyExistsException" else None
        if stack is not None:
            refuse_foreign(stack)
            return stack
        if error.code in cloudformation.REFUSED:
            yield from _failed(site, name, error.message, keep=request.keep_on_failure)
        raise
    yield StepDetail(text=stack_id)
    stack = cloudformation.find_stack(site.aws, stack_id)
    if stack is None:
        raise StaxError(f"the stack {name} vanished as soon as it was made", hint="run the same command again")
    return stack


def _failed(site: Site, name: str, cause: str, *, keep: bool) -> Generator[Event, None, None]:
    message = f"{name} could not be made: {cause}"
    if keep:
        hint = f"it is kept as it is; when you have seen enough: {site.aws.command('destroy', name)}"
        raise StaxError(message, hint=hint)
    yield Warned(text=message, hint="everything that was made is taken away again")
    yield from demolish(site.aws, name, site.stopwatch(TIMEOUT_S))
    site.local.forget(name)
    raise StaxError(message, hint="everything is gone again; put the cause right, then run the same command")
