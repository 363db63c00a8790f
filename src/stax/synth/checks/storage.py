"""The invariant of buckets that a template makes.  stax's own bucket is made beside the stack, likewise."""

from collections.abc import Iterator

from stax.synth.checks.facts import literal_text, properties
from stax.synth.problems import TemplateProblem
from stax.synth.template import Template

BLOCKED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
NEEDED = {
    "OwnershipControls": ("BucketOwnerEnforced", "ObjectOwnership BucketOwnerEnforced"),
    "BucketEncryption": ("AES256", "encryption (AES256 or aws:kms)"),
    "VersioningConfiguration": ("Enabled", "versioning"),
    "LifecycleConfiguration": ("NoncurrentDays", "an expiry of old versions"),
}


def private_buckets(template: Template) -> Iterator[TemplateProblem]:
    """S8: a bucket is closed to the public four times over, owned, encrypted, versioned, and expires."""
    for logical_id, bucket in template.resources("AWS::S3::Bucket").items():
        given, place = properties(bucket), ("Resources", logical_id, "Properties")
        block = given.get("PublicAccessBlockConfiguration")
        if not isinstance(block, dict) or any(block.get(name) is not True for name in BLOCKED):
            yield TemplateProblem("S8", "needs all four of PublicAccessBlockConfiguration", place)
        for name, (word, what) in NEEDED.items():
            said = _said(given.get(name))
            if word not in said and not (name == "BucketEncryption" and "aws:kms" in said):
                yield TemplateProblem("S8", f"needs {what}", (*place, name))


def _said(value: object) -> str:
    return f"{value} {literal_text(value)}"
