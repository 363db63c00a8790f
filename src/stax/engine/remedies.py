"""Putting right what is gone or broken, one ailment at a time."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stax.aws import cloudformation, removal
from stax.aws.cloudformation import EventReader
from stax.aws.errors import AwsError
from stax.aws.session import Aws
from stax.engine import loan
from stax.engine.ailments import Ailment, Remedy
from stax.engine.change import ask, execute
from stax.engine.clock import Stopwatch
from stax.engine.follow import follow
from stax.engine.site import Site
from stax.errors import StaxError
from stax.events import Event, StepDetail, StepStarted
from stax.model.stack import Stack

Mending = Generator[Event, None, None]


@dataclass(frozen=True)
class Patient:
    """The stax that is mended, and the time there is for it."""

    site: Site
    stack: Stack
    stopwatch: Stopwatch

    @property
    def aws(self) -> Aws:
        """Where it is."""
        return self.site.aws


def mend(patient: Patient, ailment: Ailment) -> Mending:
    """Put one ailment right.  Raises StaxError when that fails."""
    yield StepStarted(step=f"{ailment.subject}: {ailment.finding}; {ailment.remedy.value}")
    match ailment.remedy:
        case Remedy.ROLLBACK:
            yield from _continue_rollback(patient)
        case Remedy.MACHINE:
            yield from _replace_machine(patient, ailment.target)
        case Remedy.START:
            _start(patient, ailment.target)
        case Remedy.ROUTE | Remedy.REROUTE | Remedy.PUBLIC_ROUTE | Remedy.PUBLIC_REROUTE:
            _lead(patient, ailment)
        case Remedy.FORWARDING:
            _let_forward(patient, ailment.target)
        case Remedy.ADDRESS:
            _associate(patient, ailment)
        case Remedy.LOAN:
            yield from loan.give_back(patient.aws, patient.stack, ailment.target, patient.stopwatch)


def _continue_rollback(patient: Patient) -> Mending:
    stack = patient.stack
    reader = EventReader(patient.aws, stack.stack_id)
    reader.skip_to_now()
    patient.aws.call("cloudformation", "ContinueUpdateRollback", StackName=stack.stack_id)
    outcome = yield from follow(reader, patient.stopwatch, name=stack.name)
    if outcome.status != "UPDATE_ROLLBACK_COMPLETE":
        raise StaxError(f"{stack.name} is {outcome.status}: {outcome.cause}", hint="put the cause right, then again")


def _replace_machine(patient: Patient, machine: str) -> Mending:
    """Two updates: one that leaves the machine out, so that CloudFormation forgets the dead one, one that makes it.

    When the first had been done before (a repair that was interrupted), only the second is needed.
    """
    yield from loan.lend(patient.aws, patient.stack, machine)
    if patient.stack.parameters.get("AbsentMachine") != machine:
        # A NAT box that is dying may still be protected, and CloudFormation would not let go of it.
        yield from _lift_protection(patient, machine)
        yield from _update(patient, machine)
    yield from _update(patient, "none")


def _lift_protection(patient: Patient, machine: str) -> Mending:
    logical_id = {"jumpbox": "Jumpbox", "nat1": "Nat1", "nat2": "Nat2"}[machine]
    for resource in cloudformation.resources(patient.aws, patient.stack.stack_id):
        if resource["LogicalResourceId"] == logical_id and (instance_id := resource.get("PhysicalResourceId")):
            removal.lift_termination_protection(patient.aws, instance_id)
            yield StepDetail(text=f"{instance_id} may go")


def _update(patient: Patient, absent_machine: str) -> Mending:
    """Change one parameter of the stack and nothing else."""
    stack = patient.stack
    reader = EventReader(patient.aws, stack.stack_id)
    change_set_id = yield from ask(
        patient.aws,
        cloudformation.same_again(stack, {"AbsentMachine": absent_machine}),
        patient.stopwatch,
    )
    if not change_set_id:
        return
    reader.skip_to_now()
    execute(patient.aws, cloudformation.find_stack(patient.aws, stack.stack_id) or stack, change_set_id)
    outcome = yield from follow(reader, patient.stopwatch, name=stack.name)
    if outcome.status != "UPDATE_COMPLETE":
        raise StaxError(f"{stack.name} is {outcome.status}: {outcome.cause}", hint="put the cause right, then again")


def _start(patient: Patient, instance_id: str) -> None:
    # One that is still stopping cannot be started yet.
    while _state(patient.aws, instance_id) == "stopping" and not patient.stopwatch.is_over:
        patient.stopwatch.pause()
    patient.aws.call("ec2", "StartInstances", InstanceIds=[instance_id])


def _state(aws: Aws, instance_id: str) -> str:
    answer = aws.call("ec2", "DescribeInstances", InstanceIds=[instance_id])
    return str(answer["Reservations"][0]["Instances"][0]["State"]["Name"])


_LEADING = {
    Remedy.ROUTE: ("CreateRoute", "NetworkInterfaceId"),
    Remedy.REROUTE: ("ReplaceRoute", "NetworkInterfaceId"),
    Remedy.PUBLIC_ROUTE: ("CreateRoute", "GatewayId"),
    Remedy.PUBLIC_REROUTE: ("ReplaceRoute", "GatewayId"),
}
"""The call that leads a default route, and what it leads to."""


def _lead(patient: Patient, ailment: Ailment) -> None:
    operation, target = _LEADING[ailment.remedy]
    to = {target: ailment.source}
    with _unless_done("RouteAlreadyExists"):
        patient.aws.call("ec2", operation, RouteTableId=ailment.target, DestinationCidrBlock="0.0.0.0/0", **to)


@contextmanager
def _unless_done(code: str) -> Iterator[None]:
    """Let pass that it is done already: by an agent, or by our own call whose answer was lost."""
    try:
        yield
    except AwsError as error:
        if error.code != code:
            raise


def _let_forward(patient: Patient, network_interface_id: str) -> None:
    patient.aws.call(
        "ec2",
        "ModifyNetworkInterfaceAttribute",
        NetworkInterfaceId=network_interface_id,
        SourceDestCheck={"Value": False},
    )


def _associate(patient: Patient, ailment: Ailment) -> None:
    # AllowReassociation=False: should the agents have moved it meanwhile, theirs stands.
    with _unless_done("Resource.AlreadyAssociated"):
        patient.aws.call(
            "ec2",
            "AssociateAddress",
            AllocationId=ailment.source,
            NetworkInterfaceId=ailment.target,
            AllowReassociation=False,
        )
