"""Putting back what is gone or broken."""

from typing import Any

import pytest

from stax.api.watch import existing_stack
from stax.aws import removal
from stax.aws.cloudformation import resources
from stax.engine.health import default_route, fixed_machines, nat_interfaces
from stax.errors import NotFound


def test_a_stax_that_is_well_is_left_alone(operator: Any, standing: str) -> None:
    assert operator.examines(standing).findings == ()
    operator.repairs(standing)
    assert operator.heard_resources() == []


@pytest.mark.parametrize("machine", ["jumpbox", "nat1", "nat2"])
def test_a_terminated_machine_comes_back_on_the_same_interface(operator: Any, standing: str, machine: str) -> None:
    dead = fixed_machines(operator.site.aws, standing)[machine]
    removal.remove_instance(operator.site.aws, dead["InstanceId"])

    assert next(finding.subject for finding in operator.examines(standing).findings) == machine
    operator.repairs(standing)

    anew = fixed_machines(operator.site.aws, standing)[machine]
    assert anew["InstanceId"] != dead["InstanceId"]
    assert anew["NetworkInterfaces"][0]["NetworkInterfaceId"] == dead["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert anew["PublicIpAddress"] == dead["PublicIpAddress"]


def test_both_nat_boxes_come_back(operator: Any, standing: str) -> None:
    for machine in ("nat1", "nat2"):
        removal.remove_instance(operator.site.aws, fixed_machines(operator.site.aws, standing)[machine]["InstanceId"])

    operator.repairs(standing)

    assert operator.examines(standing).findings == ()


def test_a_stopped_machine_is_started(operator: Any, region: Any, standing: str) -> None:
    instance_id = fixed_machines(operator.site.aws, standing)["jumpbox"]["InstanceId"]
    region.client("ec2").stop_instances(InstanceIds=[instance_id])

    operator.repairs(standing)

    assert fixed_machines(operator.site.aws, standing)["jumpbox"]["InstanceId"] == instance_id


def test_a_missing_route_leads_to_the_nat_box_of_its_zone_again(operator: Any, region: Any, standing: str) -> None:
    outputs = existing_stack(operator.site, standing).outputs
    table_id = outputs["PrivateRouteTable2Id"]
    region.client("ec2").delete_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0")

    operator.repairs(standing)

    assert default_route(operator.site.aws, table_id)["NetworkInterfaceId"] == outputs["Nat2InterfaceId"]


def test_the_public_subnets_find_the_internet_gateway_again(operator: Any, region: Any, standing: str) -> None:
    stack = existing_stack(operator.site, standing)
    made = {each["LogicalResourceId"]: each for each in resources(operator.site.aws, stack.stack_id)}
    table_id = made["PublicRouteTable"]["PhysicalResourceId"]
    region.client("ec2").delete_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0")

    operator.repairs(standing)

    gateway_id = made["InternetGateway"]["PhysicalResourceId"]
    assert default_route(operator.site.aws, table_id)["GatewayId"] == gateway_id
    assert operator.examines(standing).findings == ()


def test_a_route_that_the_other_nat_box_carries_is_no_ailment(operator: Any, region: Any, standing: str) -> None:
    outputs = existing_stack(operator.site, standing).outputs
    region.client("ec2").replace_route(
        RouteTableId=outputs["PrivateRouteTable1Id"],
        DestinationCidrBlock="0.0.0.0/0",
        NetworkInterfaceId=outputs["Nat2InterfaceId"],
    )

    assert operator.examines(standing).findings == ()
    operator.repairs(standing)
    assert operator.heard_findings()["default route of private subnet 1"] == "carried by nat2"


def test_a_source_dest_check_is_switched_off_again(operator: Any, region: Any, standing: str) -> None:
    stack = existing_stack(operator.site, standing)
    region.client("ec2").modify_network_interface_attribute(
        NetworkInterfaceId=stack.outputs["Nat1InterfaceId"], SourceDestCheck={"Value": True}
    )

    operator.repairs(standing)

    assert nat_interfaces(operator.site.aws, stack)["nat1"]["SourceDestCheck"] is False


def test_a_loose_elastic_ip_is_associated_again(operator: Any, region: Any, standing: str) -> None:
    ec2 = region.client("ec2")
    address = ec2.describe_addresses(Filters=[{"Name": "tag:Name", "Values": [f"nat1-{standing}"]}])["Addresses"][0]
    ec2.disassociate_address(AssociationId=address["AssociationId"])

    operator.repairs(standing)

    again = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"][0]
    assert again["NetworkInterfaceId"] == address["NetworkInterfaceId"]


def test_what_is_not_there_cannot_be_repaired(operator: Any) -> None:
    with pytest.raises(NotFound):
        operator.examines("never-was")
