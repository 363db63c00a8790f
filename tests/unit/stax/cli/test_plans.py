from typing import Any

from stax.cli import plans
from stax.model.plan import (
    CreatePlan,
    DestroyPlan,
    Finding,
    PlannedResource,
    PropertyChange,
    Quantity,
    RepairPlan,
    ResourceChange,
    SizeChange,
    UpdatePlan,
)

WHERE: dict[str, Any] = {"name": "web", "region": "us-east-1", "account_id": "123456789012"}
CREATION = CreatePlan(
    **WHERE,
    resources=(
        PlannedResource(logical_id="Nat1", resource_type="AWS::EC2::Instance", detail="t3.small"),
        PlannedResource(logical_id="Nat2", resource_type="AWS::EC2::Instance", detail="t3.small"),
    ),
    quantities=(Quantity(subject="NAT box", count=2, billed=True), Quantity(subject="VPC", count=1)),
    parameters={},
)


def _changed(**fields):
    change = ResourceChange(logical_id="Nat1", resource_type="AWS::EC2::Instance", action="Modify", **fields)
    return UpdatePlan(**WHERE, changes=(change,))


def test_a_creation_names_every_resource_in_full_and_every_type_in_short():
    in_full = plans.creation(CREATION, in_full=True)
    in_short = plans.creation(CREATION, in_full=False)

    assert "  Nat1  AWS::EC2::Instance  t3.small" in in_full
    assert "    EC2: 2 Instance" in in_short


def test_what_aws_bills_is_marked_and_the_mark_explained():
    lines = plans.inventory(CREATION.quantities)

    assert lines == ["  2  NAT boxes    $", "  1  VPC", "", "  $ is billed by AWS for as long as it exists"]


def test_a_creation_that_goes_on_says_from_where():
    resumed = CreatePlan(**WHERE, resources=(), quantities=(), parameters={}, resumes="the stack is half made")

    assert plans.creation(resumed, in_full=False)[0] == "the stack is half made"


def test_an_update_shows_each_property_before_and_after():
    lines = plans.update(
        _changed(properties=(PropertyChange(path="InstanceType", before="t3.small", after="t3.large"),))
    )

    assert lines[-2:] == ["  Modify   Nat1  AWS::EC2::Instance", "           InstanceType: t3.small -> t3.large"]


def test_what_many_resources_have_alike_is_told_once_and_hides_nothing_else():
    tag = PropertyChange(path="Tags.Owner", before="jo", after="kim")
    size = PropertyChange(path="InstanceType", before="t3.small", after="t3.large")
    names = ("Vpc", "SubnetPublic1", "SubnetPublic2", "SubnetPrivate1")
    alike = [ResourceChange(logical_id=one, resource_type="x", action="Modify", properties=(tag,)) for one in names]
    other = ResourceChange(
        logical_id="Nat1", resource_type="AWS::EC2::Instance", action="Modify", properties=(size, tag), interrupts=True
    )

    assert plans.update(UpdatePlan(**WHERE, changes=(*alike, other)))[2:] == [
        "  On 5 resources",
        "           Tags.Owner: jo -> kim",
        "             Vpc, SubnetPublic1, SubnetPublic2, SubnetPrivate1, Nat1",
        "  Modify   Nat1  AWS::EC2::Instance  (stopped and started)",
        "           InstanceType: t3.small -> t3.large",
    ]


def test_what_cloudformation_cannot_know_yet_is_said_in_words():
    unknown = PropertyChange(path="Version", before="1", after="{{changeSet:KNOWN_AFTER_APPLY}}")

    assert plans.update(_changed(properties=(unknown,)))[-1].endswith("Version: 1 -> (known when it is made)")


def test_a_replacement_is_loud():
    lines = plans.update(_changed(replacement="True"))

    assert lines[-1] == "  REPLACE  Nat1  AWS::EC2::Instance  (the one there is now goes away)"


def test_an_interruption_is_said():
    assert plans.update(_changed(interrupts=True))[-1].endswith("(stopped and started)")


def test_a_change_of_size_is_a_change():
    assert plans.update(UpdatePlan(**WHERE, changes=(), size=SizeChange(before=3, after=5)))[-1] == (
        "  Resize  docker hosts: 3 -> 5"
    )


def test_nothing_to_change_is_said():
    assert plans.update(UpdatePlan(**WHERE, changes=())) == ["web is what the configuration says: nothing to change"]


def test_what_is_refused_is_named():
    assert plans.update(UpdatePlan(**WHERE, changes=(), size=SizeChange(before=1, after=2), forbidden=("Nat1",)))[
        -1
    ] == ("  refused: Nat1 must not be replaced")


def test_a_removal_says_who_made_it_and_what_goes():
    plan = DestroyPlan(
        **WHERE, status="CREATE_COMPLETE", quantities=(Quantity(subject="VPC", count=1),), created_by="me@here"
    )

    assert plans.removal(plan) == [
        "web in us-east-1, account 123456789012, made by me@here, is removed whole:", "", "  1 x  VPC",
    ]  # fmt: skip


def test_findings_say_what_will_be_done_or_that_a_person_must():
    plan = RepairPlan(
        **WHERE,
        findings=(
            Finding(subject="nat1", finding="terminated", mend="made again"),
            Finding(subject="vpc", finding="gone", mend=""),
        ),
    )

    assert plans.findings(plan)[1:] == ["  nat1  terminated  made again", "  vpc   gone        a person must see to it"]


def test_names_from_elsewhere_cannot_steer_the_terminal():
    evil = PlannedResource(logical_id="\x1b[2J", resource_type="x")
    plan = CreatePlan(**WHERE, resources=(evil,), quantities=(), parameters={})

    assert "\x1b" not in "".join(plans.creation(plan, in_full=True))
