"""VPC endpoints: private ways to AWS's services."""

import json
from typing import Any

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import DOCUMENT, FLAG, TAGS, TEXTS, ResourceType, Text, replaces, updates
from stax_local.cloudformation.work import Change, Live, Properties, ResourceFailure, Work, chosen, or_absent

_ENDPOINT_LISTS = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")


def _create_endpoint(work: Work, properties: Properties) -> str:
    policy = {"PolicyDocument": json.dumps(properties["PolicyDocument"])} if "PolicyDocument" in properties else {}
    endpoint = work.client("ec2").create_vpc_endpoint(
        **chosen(properties, "VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled", *_ENDPOINT_LISTS),
        **policy,
        TagSpecifications=tagging.specifications("vpc-endpoint", work, properties),
    )["VpcEndpoint"]
    work.made(endpoint["VpcEndpointId"])
    return str(endpoint["VpcEndpointId"])


def _read_endpoint(work: Work, endpoint_id: str, _properties: Properties) -> Live | None:
    found = or_absent(work.client("ec2").describe_vpc_endpoints, VpcEndpointIds=[endpoint_id])
    living = [each for each in found["VpcEndpoints"] if each.get("State") != "deleted"] if found else []
    if not living:
        return None
    endpoint = living[0]
    named = chosen(endpoint, "VpcId", "ServiceName", "VpcEndpointType", "RouteTableIds", "SubnetIds")
    attributes = {
        "Id": endpoint_id,
        "CreationTimestamp": str(endpoint.get("CreationTimestamp", "")),
        "NetworkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
        "DnsEntries": [f"{e.get('HostedZoneId', '')}:{e.get('DnsName', '')}" for e in endpoint.get("DnsEntries", [])],
    }
    return Live({**named, "Tags": tagging.own(endpoint.get("Tags", []))}, attributes)


def _delete_endpoint(work: Work, endpoint_id: str, _properties: Properties) -> None:
    answer = work.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    for refused in answer.get("Unsuccessful", []):
        if not refused["Error"]["Code"].endswith("NotFound"):
            raise ResourceFailure(refused["Error"]["Message"])


def _update_endpoint(work: Work, change: Change) -> None:
    arguments: dict[str, Any] = {}
    for name in _ENDPOINT_LISTS:
        before, after = set(change.before.get(name, [])), set(change.after.get(name, []))
        arguments |= {f"Add{name}": sorted(after - before)} if after - before else {}
        arguments |= {f"Remove{name}": sorted(before - after)} if before - after else {}
    if change.touches("PolicyDocument"):
        policy = change.after.get("PolicyDocument")
        arguments |= {"PolicyDocument": json.dumps(policy)} if policy else {"ResetPolicy": True}
    if change.touches("PrivateDnsEnabled"):
        arguments["PrivateDnsEnabled"] = change.after.get("PrivateDnsEnabled", False)
    if arguments:
        work.client("ec2").modify_vpc_endpoint(VpcEndpointId=change.physical_id, **arguments)
    tagging.update_ec2(work, change)


ENDPOINT = ResourceType(
    "AWS::EC2::VPCEndpoint",
    {
        "VpcId": replaces(required=True),
        "ServiceName": replaces(required=True),
        "VpcEndpointType": replaces(Text(("Gateway", "Interface", "GatewayLoadBalancer"))),
        "PolicyDocument": updates(DOCUMENT, hidden=True),
        "PrivateDnsEnabled": updates(FLAG, hidden=True),
        "RouteTableIds": updates(TEXTS),
        "SubnetIds": updates(TEXTS),
        "SecurityGroupIds": updates(TEXTS, hidden=True),
        "Tags": updates(TAGS),
    },
    _create_endpoint,
    _read_endpoint,
    _delete_endpoint,
    _update_endpoint,
    tagging.left_by("vpc-endpoint"),
    frozenset({"Id", "CreationTimestamp", "NetworkInterfaceIds", "DnsEntries"}),
)

TYPES = (ENDPOINT,)
