"""What is done about a machine: the account's wish against what is there."""

from dataclasses import replace

import pytest
from tests.accounts import Account

from stax_local.desired import Instance, InstanceState
from stax_local.machines.decide import Action, Seen, decide

NOTHING = Seen()
BOOTED = Seen(is_alive=True, is_on=True, was_on=True, boot=1, has_disk=True)
POWERED_OFF = replace(BOOTED, is_alive=False, exit_code=0)
CRASHED = replace(BOOTED, is_alive=False, exit_code=1)
CUT_OFF = replace(BOOTED, is_alive=False, exit_code=None)
OWED = replace(CUT_OFF, was_on=False)  # the host was restarted, or the region taken down with --keep


def instance(state: InstanceState, *, boot: int = 1, impaired: bool = False) -> Instance:
    account = Account()
    vpc = account.vpc()
    made, _ = account.machine(account.subnet(account.route_table(vpc), "10.183.1.0/24"), "10.183.1.10")
    return replace(account.world.instances[made], state=state, boot=boot, impaired=impaired)


def test_a_launched_machine_is_switched_on() -> None:
    assert decide(instance("pending"), NOTHING) == [Action.SWITCH_ON]


def test_it_runs_for_the_api_as_soon_as_it_has_power() -> None:
    """As on AWS: an Elastic IP must be there to be associated before Ignition can fetch anything."""
    assert decide(instance("pending"), replace(BOOTED, is_on=False)) == []
    assert decide(instance("pending"), BOOTED) == [Action.SAY_RUNNING]
    assert decide(instance("running"), BOOTED) == []


def test_a_machine_that_never_got_power_is_a_failed_launch() -> None:
    assert decide(instance("pending"), replace(CRASHED, is_on=False)) == [Action.SAY_LAUNCH_FAILED]


def test_a_machine_that_ended_while_it_was_pending_was_running_first() -> None:
    assert decide(instance("pending"), CRASHED) == [Action.SAY_RUNNING]


def test_a_machine_that_powers_itself_off_is_reported_as_off() -> None:
    assert decide(instance("running"), POWERED_OFF) == [Action.SAY_STOPPED]


@pytest.mark.parametrize("seen", [CRASHED, CUT_OFF])
def test_a_machine_that_crashes_or_loses_power_runs_on_for_the_api_and_is_impaired(seen: Seen) -> None:
    assert decide(instance("running"), seen) == [Action.SAY_IMPAIRED]
    assert decide(instance("running", impaired=True), seen) == []


def test_an_impaired_machine_that_is_back_is_reachable() -> None:
    assert decide(instance("running", impaired=True), BOOTED) == [Action.SAY_REACHABLE]


def test_a_machine_is_impaired_while_ignition_is_tried_in_vain() -> None:
    """It is tried again: a private machine may have to wait for its NAT box."""
    refused = replace(BOOTED, is_refused=True)

    assert decide(instance("running"), refused) == [Action.SAY_IMPAIRED]
    assert decide(instance("running", impaired=True), refused) == []
    assert decide(instance("running", impaired=True), BOOTED) == [Action.SAY_REACHABLE]


def test_a_machine_that_this_life_of_the_host_has_not_seen_on_is_switched_on() -> None:
    assert decide(instance("running"), OWED) == [Action.SWITCH_ON]


def test_a_boot_that_is_asked_for_and_not_done_is_a_reboot_or_a_start() -> None:
    assert decide(instance("running", boot=2), BOOTED) == [Action.REBOOT]
    assert decide(instance("running", boot=2), CUT_OFF) == [Action.SWITCH_ON]
    assert decide(instance("pending", boot=2), POWERED_OFF) == [Action.SWITCH_ON]


def test_a_stopping_machine_is_asked_to_power_off_and_reported_once_it_is() -> None:
    assert decide(instance("stopping"), BOOTED) == [Action.POWER_OFF]
    assert decide(instance("stopping"), POWERED_OFF) == [Action.SAY_STOPPED]


def test_a_stopped_machine_keeps_its_disk() -> None:
    assert decide(instance("stopped"), POWERED_OFF) == []
    assert decide(instance("stopped"), BOOTED) == [Action.POWER_OFF]


def test_a_terminated_machine_loses_its_disk_before_that_is_said() -> None:
    assert decide(instance("shutting-down"), BOOTED) == [Action.POWER_OFF]
    assert decide(instance("shutting-down"), POWERED_OFF) == [Action.DESTROY, Action.SAY_TERMINATED]
    assert decide(instance("terminated"), NOTHING) == []


def test_what_the_account_no_longer_knows_goes() -> None:
    assert decide(None, BOOTED) == [Action.POWER_OFF]
    assert decide(None, POWERED_OFF) == [Action.DESTROY]
    assert decide(None, NOTHING) == []
