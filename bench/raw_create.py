"""The API calls of a create and nothing else: raw_create.py ENDPOINT_URL NAME RECIPE.JSON (see bench_create.py)."""

import base64
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.session

POLL_S = 0.1
LIMIT_S = 300.0
FLATCAR = "075585003325"

Call = tuple[str, str, dict[str, Any]]

endpoint_url, name, recipe_path = sys.argv[1:]
recipe: dict[str, Any] = json.loads(Path(recipe_path).read_text())
bucket = recipe["bucket"]
session = botocore.session.Session()
clients: dict[str, Any] = {}


def main() -> None:
    """Look, make, wait, look again."""
    for call in (*questions(), *supplies()):
        ask(*call)
    stack_id = ask("cloudformation", "create_stack", stack())["StackId"]
    deadline = time.monotonic() + LIMIT_S
    while (status := status_of(stack_id)) != "CREATE_COMPLETE":
        if not status.endswith("_IN_PROGRESS") or time.monotonic() > deadline:
            sys.exit(f"{name} is {status}")
        time.sleep(POLL_S)
    for call in proofs():
        ask(*call)


def ask(service: str, operation: str, parameters: dict[str, Any]) -> Any:
    """Make one call; a refusal is an answer too, as for what is not there yet."""
    if service not in clients:
        clients[service] = session.create_client(
            service, endpoint_url=endpoint_url, region_name=os.environ["AWS_REGION"]
        )
    try:
        return getattr(clients[service], operation)(**parameters)
    except botocore.exceptions.ClientError as error:
        if operation == "create_stack":
            raise
        return error.response


def status_of(stack_id: str) -> str:
    """Return how the stack stands."""
    return str(ask("cloudformation", "describe_stacks", {"StackName": stack_id})["Stacks"][0]["StackStatus"])


def questions() -> Iterator[Call]:
    """Yield what is asked beforehand: whose account, quotas and what is used of them, image, types, key."""
    types = [p["ParameterValue"] for p in recipe["parameters"] if p["ParameterKey"].endswith("InstanceType")]
    yield "cloudformation", "describe_stacks", {"StackName": name}
    yield "sts", "get_caller_identity", {}
    yield "ec2", "describe_addresses", {}
    yield "ec2", "describe_vpcs", {}
    yield "ec2", "describe_instances", {}
    yield "ec2", "describe_instance_types", {"InstanceTypes": types}
    for service, code in (("ec2", "L-0263D0A3"), ("vpc", "L-F678F1CE"), ("ec2", "L-1216C47A")):
        yield "service-quotas", "get_service_quota", {"ServiceCode": service, "QuotaCode": code}
    yield "ec2", "describe_availability_zones", {}
    filters = [{"Name": "instance-type", "Values": types}]
    yield "ec2", "describe_instance_type_offerings", {"LocationType": "availability-zone", "Filters": filters}
    yield "ec2", "describe_images", {"Owners": [FLATCAR]}
    yield "ec2", "describe_key_pairs", {"KeyNames": [name]}


def supplies() -> Iterator[Call]:
    """Yield what the stack needs before it: key pair, bucket with its seven settings, objects."""
    tags = [{"ResourceType": "key-pair", "Tags": recipe["tags"]}]
    key = recipe["public_key"].encode()
    yield "ec2", "import_key_pair", {"KeyName": name, "PublicKeyMaterial": key, "TagSpecifications": tags}
    here = {"Bucket": bucket}
    yield "s3", "head_bucket", here
    yield "s3", "create_bucket", here
    for operation, parameters in recipe["bucket_settings"].items():
        yield "s3", operation, {**here, **parameters}
    yield "s3", "put_bucket_tagging", {**here, "Tagging": {"TagSet": recipe["tags"]}}
    for path, content in recipe["objects"].items():
        yield "s3", "head_object", {**here, "Key": path}
        yield "s3", "put_object", {**here, "Key": path, "Body": base64.b64decode(content)}


def stack() -> dict[str, Any]:
    """Return what CreateStack is given."""
    return {
        "StackName": name,
        "TemplateURL": f"{endpoint_url}/{bucket}/{recipe['template_key']}",
        "Parameters": recipe["parameters"],
        "Tags": recipe["tags"],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        "OnFailure": "DO_NOTHING",
    }


def proofs() -> Iterator[Call]:
    """Yield what is asked afterwards: whether machines and routes are well, and the final tables."""
    for operation in ("describe_instances", "describe_route_tables", "describe_route_tables"):
        yield "ec2", operation, {}
    yield "ec2", "describe_network_interfaces", {}
    yield "autoscaling", "describe_auto_scaling_groups", {}
    yield "cloudformation", "describe_stacks", {"StackName": name}
    nouns = ("instances", "network_interfaces", "vpcs", "subnets", "route_tables", "volumes", "security_groups")
    for noun in (*nouns, "addresses", "launch_templates"):
        yield "ec2", f"describe_{noun}", {}


main()
