"""Changing a stax: seen before it is done, refused where it would hurt, put back when it fails."""

from dataclasses import replace
from typing import Any

import pytest

from stax.api import plan
from stax.errors import StaxError, UsageError
from stax.model.plan import CreatePlan, SizeChange, UpdatePlan
from stax.synth.template import STAX_TEMPLATE


def change_sets(region: Any, name: str) -> list[Any]:
    summaries: list[Any] = region.client("cloudformation").list_change_sets(StackName=name)["Summaries"]
    return summaries


def desired(region: Any, name: str) -> int:
    groups = region.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[f"{name}-docker"])
    return int(groups["AutoScalingGroups"][0]["DesiredCapacity"])


def test_nothing_to_change_is_a_success(operator: Any, standing: str) -> None:
    assert not operator.plans_change(operator.wants_changed(standing)).has_changes
    assert operator.updates(operator.wants_changed(standing)).status == "CREATE_COMPLETE"


def test_a_change_is_shown_property_by_property(operator: Any, standing: str) -> None:
    shown = operator.plans_change(operator.wants_changed(standing, NATInstanceType="t3.medium"))

    changes = {change.logical_id: change for change in shown.changes}
    assert changes.keys() == {"Nat1", "Nat2"}
    (change,) = changes["Nat1"].properties
    assert (change.path, change.before, change.after) == ("InstanceType", "t3.small", "t3.medium")
    assert changes["Nat1"].interrupts


def test_a_plan_leaves_nothing_behind(operator: Any, region: Any, standing: str) -> None:
    shown = operator.listens(plan.plan(operator.site, operator.wants(standing, CostCenter="77")))

    assert isinstance(shown, UpdatePlan)
    assert shown.has_changes
    assert change_sets(region, standing) == []


def test_a_plan_for_a_new_name_is_what_create_would_make(operator: Any) -> None:
    assert isinstance(operator.listens(plan.plan(operator.site, operator.wants("not-there-yet"))), CreatePlan)


@pytest.mark.parametrize(("before", "after"), [("2", "4"), ("4", "2")])
def test_a_new_size_is_really_there(operator: Any, region: Any, name: str, before: str, after: str) -> None:
    operator.creates(operator.wants(name, ClusterSize=before))

    request = operator.wants_changed(name, ClusterSize=after)
    assert operator.plans_change(request).size == SizeChange(before=int(before), after=int(after))
    operator.updates(request)

    assert desired(region, name) == int(after)
    assert operator.heard_findings()["docker hosts"] == f"{after} of {after} in service"


def test_an_update_leaves_alone_what_the_scaling_policy_did(operator: Any, region: Any, name: str) -> None:
    operator.creates(operator.wants(name))
    region.client("autoscaling").set_desired_capacity(AutoScalingGroupName=f"{name}-docker", DesiredCapacity=3)

    operator.updates(operator.wants_changed(name, CostCenter="77"))

    assert desired(region, name) == 3


def test_tags_reach_the_machines_and_who_made_it_stays(operator: Any, elsewhere: Any, region: Any, name: str) -> None:
    before = operator.creates(operator.wants(name)).tags["stax:created-by"]

    stack = elsewhere.updates(elsewhere.wants_changed(name, CostCenter="77"))

    assert stack.tags["CostCenter"] == "77"
    assert stack.tags["stax:created-by"] == before
    vpc = region.client("ec2").describe_vpcs(VpcIds=[stack.outputs["VpcId"]])["Vpcs"][0]
    assert {"Key": "CostCenter", "Value": "77"} in vpc["Tags"]


ELSEWHERE = {
    "VpcCidr": "10.184.0.0/16",
    "PublicSubnet1": "10.184.1.0/24",
    "PublicSubnet2": "10.184.3.0/24",
    "PrivateSubnet1": "10.184.0.0/24",
    "PrivateSubnet2": "10.184.2.0/24",
}


def test_replacing_machines_and_addresses_unasked_is_refused(operator: Any, region: Any, standing: str) -> None:
    with pytest.raises(UsageError, match="Nat1") as caught:
        operator.updates(operator.wants_changed(standing, **ELSEWHERE))

    assert "--allow-replacement" in caught.value.hint
    assert change_sets(region, standing) == []


def test_the_image_of_a_running_stax_is_kept(operator: Any, name: str) -> None:
    image_id = operator.creates(operator.wants(name)).parameters["ImageId"]

    stack = operator.updates(operator.wants_changed(name, Channel="beta"))

    assert stack.parameters["ImageId"] == image_id


def test_the_newest_image_is_shown_as_the_replacement_it_is(operator: Any, standing: str) -> None:
    shown = operator.plans_change(replace(operator.wants_changed(standing, Channel="beta"), image="latest"))

    assert {"Nat1", "Nat2", "Jumpbox"} <= set(shown.forbidden)


def test_a_failed_update_names_its_cause_and_is_put_back(operator: Any, name: str) -> None:
    operator.creates(operator.wants(name))
    text = STAX_TEMPLATE.read_text().replace(
        "Resources:\n",
        "Resources:\n\n  Impossible:\n    Type: AWS::EC2::Subnet\n"
        "    Properties: {VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}\n",
        1,
    )

    with pytest.raises(StaxError, match="Impossible") as caught:
        operator.updates(operator.wants_changed(name, operator.template(text)))

    assert caught.value.hint == "everything is as it was before"
    assert operator.updates(operator.wants_changed(name)).status == "UPDATE_ROLLBACK_COMPLETE"
