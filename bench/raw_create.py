"""The API calls of a create and nothing else: raw_create.py ENDPOINT_URL NAME RECIPE.JSON (see bench_create.py)."""

import base64
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import botocore.session

POLL_S = 0.1
LIMIT_S = 300.0

endpoint_url, name, recipe_path = sys.argv[1:]
recipe: dict[str, Any] = json.loads(Path(recipe_path).read_text())
session = botocore.session.Session()


def client(service: str) -> Any:
    """Return a client; credentials and region come from the environment."""
    return session.create_client(service, endpoint_url=endpoint_url, region_name=os.environ["AWS_REGION"])


client("ec2").import_key_pair(
    KeyName=name,
    PublicKeyMaterial=recipe["public_key"].encode(),
    TagSpecifications=[{"ResourceType": "key-pair", "Tags": recipe["tags"]}],
)
s3, bucket = client("s3"), recipe["bucket"]
s3.create_bucket(Bucket=bucket)
s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": recipe["tags"]})
s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
for key, content in recipe["objects"].items():
    s3.put_object(Bucket=bucket, Key=key, Body=base64.b64decode(content))
cloudformation = client("cloudformation")
stack_id = cloudformation.create_stack(
    StackName=name,
    TemplateURL=f"{endpoint_url}/{bucket}/{recipe['template_key']}",
    Parameters=recipe["parameters"],
    Tags=recipe["tags"],
    Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    OnFailure="DO_NOTHING",
)["StackId"]
deadline = time.monotonic() + LIMIT_S
while (status := cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]) != "CREATE_COMPLETE":
    if not status.endswith("_IN_PROGRESS") or time.monotonic() > deadline:
        sys.exit(f"{name} is {status}")
    time.sleep(POLL_S)
