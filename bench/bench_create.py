"""`stax create` against the API calls that it makes, replayed by plain botocore in a process of its own.

Both ask the same questions beforehand (account, quotas, image, instance types), make the same key pair, bucket,
objects and stack, wait for it, and ask the same afterwards; both start a Python and import botocore.  What stax
adds, and what is measured, is everything else: reading and checking the configuration, making the template and the
Ignition configurations, an ssh key, planning, telling the events, locks and history, drawing the tables.
"""

import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from region import Region, region
from timing import PYTHON, tell

NAME = "bench"
ROUNDS = 3
LIMIT = 1.2
ALLOWED_S = 1.0
"""On top of the ratio: what preflight and proof may take however short the calls are."""
WORDS = ("create", NAME, "--yes", "--config", "config/config.json.example")


def recipe(at: Region) -> dict[str, Any]:
    """Return what `stax create` gave to AWS, read back from a stack that it made."""
    s3, cloudformation = at.client("s3"), at.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]
    bucket = next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "BucketName")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    objects = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    key_pair = at.client("ec2").describe_key_pairs(KeyNames=[NAME], IncludePublicKey=True)["KeyPairs"][0]
    return {
        "bucket": bucket,
        "objects": {key: base64.b64encode(content).decode() for key, content in objects.items()},
        "bucket_settings": settings_of(s3, bucket),
        "template_key": next(key for key in keys if key.endswith(".yaml")),
        "public_key": key_pair["PublicKey"],
        "parameters": [{k: p[k] for k in ("ParameterKey", "ParameterValue")} for p in stack["Parameters"]],
        "tags": stack["Tags"],
    }


def settings_of(s3: Any, bucket: str) -> dict[str, Any]:
    """Return the calls with their parameters that give another bucket this one's settings."""
    kinds = {
        "public_access_block": ("get_public_access_block", "PublicAccessBlockConfiguration"),
        "bucket_ownership_controls": ("get_bucket_ownership_controls", "OwnershipControls"),
        "bucket_encryption": ("get_bucket_encryption", "ServerSideEncryptionConfiguration"),
        "bucket_policy": ("get_bucket_policy", "Policy"),
    }
    settings = {
        f"put_{kind}": {key: getattr(s3, operation)(Bucket=bucket)[key]} for kind, (operation, key) in kinds.items()
    }
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    return {
        **settings,
        "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
        "put_bucket_lifecycle_configuration": {"LifecycleConfiguration": {"Rules": rules}},
    }


def timed(action: Callable[[], object]) -> float:
    """Return how long something takes, in seconds."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


with region() as at, tempfile.TemporaryDirectory() as folder:
    made = Path(folder) / "recipe.json"
    raw = [PYTHON, str(Path(__file__).with_name("raw_create.py")), at.endpoint_url, NAME, str(made)]
    times_s: dict[str, list[float]] = {"stax": [], "raw": []}
    for _ in range(ROUNDS):
        times_s["stax"].append(timed(lambda: at.stax(*WORDS, "--quiet")))
        made.write_text(json.dumps(recipe(at)))
        at.stax("destroy", NAME, "--yes", "--quiet")
        times_s["raw"].append(timed(lambda: subprocess.run(raw, check=True, env=at.environ, stdout=sys.stderr)))
        at.stax("destroy", NAME, "--yes", "--quiet")

stax_s, raw_s = statistics.median(times_s["stax"]), statistics.median(times_s["raw"])
tell("create", ratio=(stax_s - ALLOWED_S) / raw_s, limit=LIMIT, stax_create_s=stax_s, raw_calls_s=raw_s)
