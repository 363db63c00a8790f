"""From a change set to a plan: what an update does, and what it must not do unasked."""

import secrets
from collections.abc import Generator, Iterable

from stax.aws import change_sets, cloudformation
from stax.aws.cloudformation import StackRequest
from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.engine.clock import Stopwatch
from stax.errors import StaxError, Unhealthy
from stax.events import Event, StepStarted
from stax.model.plan import ResourceChange
from stax.model.stack import Stack

# Losing one of these cuts people or docker hosts off, or gives up a public address that others know.
PRECIOUS = {
    "AWS::EC2::Instance",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::EIP",
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::AutoScaling::AutoScalingGroup",
}


def ask(aws: Aws, request: StackRequest, stopwatch: Stopwatch) -> Generator[Event, None, str]:
    """Have CloudFormation work out what would change; return the change set's id, "" when nothing would.

    Raises StaxError with CloudFormation's reason when it cannot, Unhealthy when it takes too long.
    """
    yield StepStarted(step="asking CloudFormation what would change")
    change_set_id = change_sets.create_change_set(aws, request, change_set_name=f"stax-{secrets.token_hex(8)}")
    while True:
        status, reason = change_sets.change_set_status(aws, change_set_id)
        if status == "CREATE_COMPLETE":
            return change_set_id
        if status in {"EMPTY", "FAILED"}:
            change_sets.delete_change_set(aws, change_set_id)
            if status == "EMPTY":
                return ""
            raise StaxError(f"{request.name} cannot be changed so: {reason}", hint="nothing was changed")
        if stopwatch.is_over:
            message = f"CloudFormation has not worked out the changes of {request.name} in {stopwatch.elapsed_s:.0f} s"
            raise Unhealthy(message, hint="nothing was changed; run the same command again")
        stopwatch.pause()


def execute(aws: Aws, stack: Stack, change_set_id: str) -> None:
    """Have CloudFormation begin; `stack` is how it stood before, by which a lost answer is told from a refusal."""
    try:
        change_sets.execute_change_set(aws, change_set_id, token=f"stax-{secrets.token_hex(16)}")
    except AwsError as error:
        now = cloudformation.find_stack(aws, stack.stack_id)
        if error.code not in change_sets.NOT_TO_BE_EXECUTED or now is None or now.updated_at == stack.updated_at:
            raise


def forbidden(changes: Iterable[ResourceChange]) -> tuple[str, ...]:
    """Return the logical ids of what must not be replaced or removed unasked."""
    return tuple(
        change.logical_id for change in changes if change.resource_type in PRECIOUS and change.loses_the_old_one
    )
