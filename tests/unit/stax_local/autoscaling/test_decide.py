"""What a group needs next."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.stax_local.autoscaling.conftest import NOW, SUBNETS, instance

from stax_local.autoscaling.decide import BeginTermination, Delete, Launch, MarkUnhealthy, decide, next_look
from stax_local.autoscaling.model import Group, Member, Phase, Wait
from stax_local.desired import Instance, InstanceState

STATES: tuple[InstanceState, ...] = ("pending", "running", "stopping", "stopped", "shutting-down", "terminated")
PHASES: tuple[Phase, ...] = ("Pending", "Pending:Wait", "InService", "Standby", "Terminating", "Terminating:Proceed")


def group(*members: Member, **more: Any) -> Group:
    asked: dict[str, Any] = {"min_size": 0, "max_size": 9, "desired": len(members), **more}
    return Group(
        account_id="123456789012",
        region="us-east-1",
        name="docker",
        id="1",
        created_at=NOW,
        subnets=tuple(SUBNETS.items()),
        launch_template={"LaunchTemplateId": "lt-1", "Version": "1"},
        members={member.instance_id: member for member in members},
        **asked,
    )


def member(number: int, phase: Phase = "InService", **more: Any) -> Member:
    zone = ("us-east-1a", "us-east-1b")[number % 2]
    return replace(Member(f"i-{number}", zone, "t3.large", phase, NOW - 1000, in_service_at=NOW - 900), **more)


def running(*numbers: int) -> dict[str, Instance]:
    return {f"i-{number}": instance(f"i-{number}") for number in numbers}


def test_a_group_that_is_as_it_should_be_needs_nothing() -> None:
    assert decide(group(member(0), member(1)), running(0, 1), NOW) == []


def test_a_group_that_misses_machines_launches_them_where_the_fewest_are() -> None:
    launches = decide(group(member(0), desired=4), running(0), NOW)

    assert {(launch.subnet_id, launch.count) for launch in launches if isinstance(launch, Launch)} == {
        ("subnet-a", 1),
        ("subnet-b", 2),
    }


def test_a_group_that_has_too_many_ends_some() -> None:
    (ending,) = decide(group(member(0), member(1), member(2), desired=2), running(0, 1, 2), NOW)

    assert isinstance(ending, BeginTermination)
    assert ending.instance_id in {"i-0", "i-2"}
    assert "shrinking the capacity from 3 to 2" in ending.cause


def test_a_machine_just_launched_need_not_be_seen_yet() -> None:
    fresh = member(0, "Pending", launched_at=NOW - 1)

    assert decide(group(fresh), {}, NOW) == []
    assert next_look(group(fresh), NOW) == NOW + 9


def test_health_is_not_judged_while_the_check_is_suspended() -> None:
    ill = {"i-0": instance("i-0", state="stopped")}

    assert decide(group(member(0)), ill, NOW) == [MarkUnhealthy("i-0")]
    assert decide(group(member(0), suspended={"HealthCheck": "by a test"}), ill, NOW) == []


def test_a_group_being_deleted_goes_when_its_last_machine_is_gone() -> None:
    assert decide(group(desired=0, deleting=True), {}, NOW) == [Delete()]


def test_the_next_look_is_at_the_first_time_out() -> None:
    wait = Wait("ready", "token", heartbeat_until=NOW + 30, ends_by=NOW + 300)

    assert next_look(group(member(0, "Pending:Wait", waits=(wait,))), NOW) == NOW + 30


@settings(deadline=None)
@given(
    phases=st.lists(st.sampled_from(PHASES), max_size=6),
    states=st.lists(st.sampled_from(STATES), min_size=6, max_size=6),
    desired=st.integers(0, 6),
)
def test_never_more_is_launched_than_is_missing_and_nothing_ends_twice(
    phases: list[Phase], states: list[InstanceState], desired: int
) -> None:
    members = [member(number, phase) for number, phase in enumerate(phases)]
    machines = {f"i-{number}": instance(f"i-{number}", state=states[number]) for number in range(len(phases))}

    actions = decide(group(*members, desired=desired), machines, NOW)

    launched = sum(action.count for action in actions if isinstance(action, Launch))
    ended = [action.instance_id for action in actions if isinstance(action, BeginTermination)]
    assert launched <= desired
    assert len(ended) == len(set(ended))
    assert not (launched and len(ended) > sum(1 for state in states if state != "running"))
