"""Every lifecycle state of Auto Scaling leads somewhere."""

from typing import Any, get_args

import pytest
from tests.accounts import Account

from stax_local.autoscaling.model import LEAVING, Phase
from stax_local.desired import Instance
from stax_local.metadata.lifecycle import TargetLifecycleState


class AutoScaling:
    """Knows one instance, or none."""

    def __init__(self, phase: str = "") -> None:
        self.phase = phase

    def __call__(self, _service: str, _region: str) -> Any:
        return self

    def describe_auto_scaling_instances(self, InstanceIds: list[str]) -> Any:  # noqa: N803 - AWS's spelling
        known = [{"InstanceId": each, "LifecycleState": self.phase} for each in InstanceIds if self.phase]
        return {"AutoScalingInstances": known}


def instance() -> Instance:
    account = Account()
    vpc = account.vpc()
    instance_id, _ = account.machine(account.subnet(account.route_table(vpc), "10.183.0.0/24"), "10.183.0.9")
    return account.world.instances[instance_id]


@pytest.mark.parametrize("phase", get_args(Phase))
def test_a_state_leads_out_of_the_group_or_into_it(phase: Phase) -> None:
    target = TargetLifecycleState(AutoScaling(phase))(instance())

    assert target == "Terminated" if phase in LEAVING else target in {"InService", "Standby"}


def test_an_instance_that_no_group_knows_is_going_nowhere() -> None:
    assert TargetLifecycleState(AutoScaling())(instance()) == ""
