"""The states of an instance, as EC2 answers."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stax_local.emulator import transition
from stax_local.emulator.patches import states

mends = pytest.mark.mends(states.PATCH)


def launch(account: Any) -> str:
    instance_id: str = account.launch(SubnetId=account.subnet())
    return instance_id


@mends
def test_an_instance_is_pending_until_its_machine_runs(account: Any) -> None:
    instance_id = account.launch_pending(SubnetId=account.subnet())
    assert account.state(instance_id) == "pending"

    transition.running(instance_id)

    assert account.state(instance_id) == "running"


@mends
def test_an_instance_is_stopping_until_its_machine_is_off(account: Any) -> None:
    instance_id = launch(account)

    (change,) = account.ec2.stop_instances(InstanceIds=[instance_id])["StoppingInstances"]

    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "stopping")
    assert account.state(instance_id) == "stopping"
    transition.stopped(instance_id)
    assert account.state(instance_id) == "stopped"
    assert account.instance(instance_id)["StateReason"]["Code"] == "Client.UserInitiatedShutdown"


@mends
def test_a_terminated_instance_lets_go_of_everything(account: Any) -> None:
    subnet_id = account.subnet()
    instance_id = account.launch(SubnetId=subnet_id)

    account.ec2.terminate_instances(InstanceIds=[instance_id])
    assert account.state(instance_id) == "shutting-down"
    with pytest.raises(ClientError, match="DependencyViolation"):
        account.ec2.delete_subnet(SubnetId=subnet_id)
    transition.terminated(instance_id)

    shown = account.instance(instance_id)
    assert shown["State"]["Name"] == "terminated"
    assert shown["NetworkInterfaces"] == []
    assert "PrivateIpAddress" not in shown
    assert not account.ec2.describe_volumes()["Volumes"]
    account.ec2.delete_subnet(SubnetId=subnet_id)


@mends
@pytest.mark.parametrize(
    ("state", "operation"),
    [
        ("terminated", "start_instances"),
        ("terminated", "stop_instances"),
        ("terminated", "reboot_instances"),
        ("stopping", "start_instances"),
        ("stopped", "reboot_instances"),
        ("pending", "stop_instances"),
    ],
)
def test_an_operation_that_does_not_fit_the_state_is_refused(account: Any, state: str, operation: str) -> None:
    instance_id = in_state(account, state)

    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        getattr(account.ec2, operation)(InstanceIds=[instance_id])

    assert account.state(instance_id) == state


def in_state(account: Any, state: str) -> str:
    if state == "pending":
        return str(account.launch_pending(SubnetId=account.subnet()))
    instance_id = launch(account)
    if state == "terminated":
        account.terminate(instance_id)
    else:
        account.ec2.stop_instances(InstanceIds=[instance_id])
    if state == "stopped":
        transition.stopped(instance_id)
    return instance_id


@mends
def test_of_several_instances_none_is_terminated_when_one_is_protected(account: Any) -> None:
    subnet_id = account.subnet()
    free, protected = account.launch(SubnetId=subnet_id), account.launch(SubnetId=subnet_id)
    account.ec2.modify_instance_attribute(InstanceId=protected, DisableApiTermination={"Value": True})

    with pytest.raises(ClientError, match="OperationNotPermitted"):
        account.ec2.terminate_instances(InstanceIds=[free, protected])

    assert account.state(free) == account.state(protected) == "running"


@mends
def test_each_start_and_reboot_is_a_boot_of_its_own(account: Any, world: Callable[[], Any]) -> None:
    instance_id = launch(account)
    assert world().instances[instance_id].boot == 1

    account.ec2.reboot_instances(InstanceIds=[instance_id])
    assert account.state(instance_id) == "running"
    account.ec2.stop_instances(InstanceIds=[instance_id])
    transition.stopped(instance_id)
    account.ec2.start_instances(InstanceIds=[instance_id])

    assert world().instances[instance_id].boot == 3


@mends
def test_a_machine_that_does_not_answer_is_impaired(account: Any) -> None:
    instance_id = launch(account)

    transition.impaired(instance_id)

    (status,) = account.ec2.describe_instance_status(InstanceIds=[instance_id])["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "impaired"
    assert status["InstanceStatus"]["Details"][0]["Status"] == "failed"
    assert status["SystemStatus"]["Status"] == "ok"
    transition.reachable(instance_id)
    (status,) = account.ec2.describe_instance_status(InstanceIds=[instance_id])["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "ok"


@mends
def test_no_status_check_applies_where_nothing_boots(account: Any, world: Callable[[], Any]) -> None:
    instance_id = account.launch_pending(SubnetId=account.subnet())

    transition.unexamined(instance_id)
    transition.running(instance_id)

    (status,) = account.ec2.describe_instance_status(InstanceIds=[instance_id])["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "not-applicable"
    assert not world().instances[instance_id].impaired


@mends
def test_the_console_says_what_the_machine_said(account: Any) -> None:
    instance_id = launch(account)

    transition.console(instance_id, "Welcome to Flatcar\n")

    output = account.ec2.get_console_output(InstanceId=instance_id)["Output"]
    assert output == "Welcome to Flatcar\n" or base64.b64decode(output) == b"Welcome to Flatcar\n"


def test_a_machine_that_halts_by_itself_is_stopped(account: Any) -> None:
    instance_id = launch(account)

    assert transition.stopped(instance_id)

    assert account.state(instance_id) == "stopped"
    assert account.instance(instance_id)["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"


def test_a_machine_that_halts_by_itself_is_terminated_when_asked_to_be(account: Any) -> None:
    instance_id = account.launch(SubnetId=account.subnet(), InstanceInitiatedShutdownBehavior="terminate")

    transition.stopped(instance_id)

    assert account.state(instance_id) == "terminated"


def test_a_machine_that_cannot_be_made_is_terminated_with_the_reason(account: Any) -> None:
    instance_id = account.launch_pending(SubnetId=account.subnet())

    transition.launch_failed(instance_id, "ignition: no such file")

    assert account.state(instance_id) == "terminated"
    assert "ignition: no such file" in account.instance(instance_id)["StateReason"]["Message"]


def test_a_report_that_no_longer_fits_changes_nothing(account: Any) -> None:
    instance_id = launch(account)

    assert not transition.running(instance_id)
    assert not transition.terminated(instance_id)
    assert not transition.stopped("i-0123456789abcdef0")

    assert account.state(instance_id) == "running"


def test_a_terminated_instance_is_forgotten_after_a_while(account: Any) -> None:
    instance_id = launch(account)
    account.terminate(instance_id)

    assert transition.reap(older_than_s=3600) == 0
    assert account.state(instance_id) == "terminated"
    assert transition.reap(older_than_s=0) == 1

    with pytest.raises(ClientError, match=r"InvalidInstanceID\.NotFound"):
        account.instance(instance_id)


def test_starting_what_runs_and_stopping_what_is_stopped_is_fine(account: Any) -> None:
    instance_id = launch(account)

    account.ec2.start_instances(InstanceIds=[instance_id])
    assert account.state(instance_id) == "running"
    account.ec2.stop_instances(InstanceIds=[instance_id])
    transition.stopped(instance_id)
    account.ec2.stop_instances(InstanceIds=[instance_id])

    assert account.state(instance_id) == "stopped"
