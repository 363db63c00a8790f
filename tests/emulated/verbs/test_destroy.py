"""Taking a stax away: from anywhere, in any state, again, and proven."""

from typing import Any

import pytest

from stax.api import destroy
from stax.errors import NotFound, Unhealthy
from stax.events import Checked


def test_nothing_is_left_and_every_kind_is_proven(operator: Any, name: str) -> None:
    operator.creates(operator.wants(name))

    operator.destroys(name)

    assert operator.left(name) == {}
    findings = operator.heard_findings()
    assert set(findings.values()) == {"0 left"}
    assert {"stacks", "machines", "Elastic IPs", "volumes", "roles", "buckets", "key pairs"} <= set(findings)


def test_another_machine_without_local_files_can_do_it(operator: Any, elsewhere: Any, name: str) -> None:
    operator.creates(operator.wants(name))

    elsewhere.destroys(name)

    assert operator.left(name) == {}


def test_the_plan_counts_what_there_is(operator: Any, name: str) -> None:
    operator.creates(operator.wants(name))

    plan = operator.listens(destroy.prepare(operator.site, name))

    counts = {quantity.subject: quantity.count for quantity in plan.quantities}
    assert (counts["machines"], counts["Elastic IPs"], counts["volumes"]) == (5, 3, 5)
    assert plan.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("told", [1, 5, 40])
def test_interrupted_anywhere_it_goes_on(operator: Any, name: str, told: int) -> None:
    operator.creates(operator.wants(name))
    story = destroy.destroy(operator.site, name)
    for _ in range(told):
        next(story, None)
    story.close()

    operator.destroys(name)

    assert operator.left(name) == {}


def test_a_second_time_there_is_nothing_to_do(operator: Any, name: str) -> None:
    operator.creates(operator.wants(name))
    operator.destroys(name)

    operator.destroys(name)

    with pytest.raises(NotFound):
        operator.listens(destroy.prepare(operator.site, name))


def test_what_the_stack_does_not_know_is_swept_by_tag(operator: Any, region: Any, name: str) -> None:
    stack = operator.creates(operator.wants(name))
    ec2 = region.client("ec2")
    tags = [{"Key": "stax:name", "Value": name}]
    specification = [{"ResourceType": "security-group", "Tags": tags}]
    ec2.create_security_group(
        GroupName="stray", Description="stray", VpcId=stack.outputs["VpcId"], TagSpecifications=specification
    )
    ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}])
    region.client("ssm").put_parameter(Name=f"/stax/{name}/stray", Value="x", Type="String")

    operator.destroys(name)

    assert operator.left(name) == {}


def test_a_stack_that_somebody_else_deleted_leaves_no_bucket_or_key(operator: Any, region: Any, name: str) -> None:
    stack = operator.creates(operator.wants(name))
    for machine in operator.left(name)["machines"]:
        region.client("ec2").modify_instance_attribute(InstanceId=machine, DisableApiTermination={"Value": False})
    region.client("cloudformation").delete_stack(StackName=stack.stack_id)

    operator.destroys(name)

    assert operator.left(name) == {}


def test_every_version_and_delete_marker_in_the_bucket_goes(operator: Any, region: Any, name: str) -> None:
    operator.creates(operator.wants(name))
    bucket, s3 = operator.site.bucket(name), region.client("s3")
    for content in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="again", Body=content)
    s3.delete_object(Bucket=bucket, Key="again")
    s3.create_multipart_upload(Bucket=bucket, Key="unfinished")

    operator.destroys(name)

    assert "buckets" not in operator.left(name)


def test_what_somebody_else_hung_onto_the_network_is_named_and_stays(hurried: Any, region: Any, name: str) -> None:
    stack = hurried.creates(hurried.wants(name))
    ec2 = region.client("ec2")
    foreign = ec2.create_security_group(GroupName="foreign", Description="x", VpcId=stack.outputs["VpcId"])["GroupId"]

    with pytest.raises(Unhealthy, match=name):
        hurried.destroys(name)

    assert hurried.left(name).keys() == {"VPCs"}
    assert foreign in "".join(event.hint for event in hurried.heard if isinstance(event, Checked))
    ec2.delete_security_group(GroupId=foreign)
