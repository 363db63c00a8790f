"""A bucket in a template is as closed as stax's own."""

from stax.synth.checks.storage import private_buckets
from stax.synth.template import parse_template

GOOD = """
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}
      VersioningConfiguration: {Status: Enabled}
      LifecycleConfiguration: {Rules: [{Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}]}
"""


def missing(text: str) -> list[str]:
    return [problem.message for problem in private_buckets(parse_template(text))]


def test_a_bucket_like_staxs_own_is_fine():
    assert missing(GOOD) == []
    assert missing(GOOD.replace("AES256", "aws:kms")) == []


def test_each_thing_that_is_missing_is_named():
    assert missing(GOOD.replace("BlockPublicAcls: true", "BlockPublicAcls: false")) == [
        "needs all four of PublicAccessBlockConfiguration"
    ]
    assert missing(GOOD.replace("Enabled}\n      Life", "Suspended}\n      Life")) == ["needs versioning"]
    assert missing(GOOD.replace("NoncurrentDays", "NewerNoncurrentVersions")) == ["needs an expiry of old versions"]
    assert len(missing("Resources: {Bare: {Type: AWS::S3::Bucket}}")) == 5
