"""What must be there before the stack: a key pair and a bucket with the machines' configurations.

Each step looks first: what is ours is adopted, what is missing is made, what is somebody else's is
refused.  So a create that was interrupted goes on where it stopped.
"""

from collections.abc import Generator, Mapping

from stax.aws import s3
from stax.aws.errors import DENIED, AwsError
from stax.aws.keypairs import find_key_pair, import_key_pair
from stax.engine.site import Site
from stax.engine.ssh_key import SshKey
from stax.errors import StaxError
from stax.events import Event, StepDetail, StepStarted, Warned


def supply_key_pair(site: Site, name: str, key: SshKey, tags: Mapping[str, str]) -> Generator[Event, None, None]:
    """Have EC2 know the public key under the stax's name."""
    yield StepStarted(step="importing the ssh key")
    there = find_key_pair(site.aws, name)
    if there is None:
        try:
            import_key_pair(site.aws, name, key.public_key, tags)
        except AwsError as error:
            # The answer to an import that did work can be lost, and the SDK asks again.
            there = find_key_pair(site.aws, name)
            if error.code != "InvalidKeyPair.Duplicate" or there is None:
                raise
        else:
            yield StepDetail(text=f"key pair {name}, its private half is {key.private_path}")
            return
    if there.tags.get("stax:name") != name:
        message = f"there is a key pair {name} in {site.aws.place} that is not a stax's"
        raise StaxError(message, hint="choose another name, or delete that key pair")
    yield StepDetail(text=f"key pair {name} is there already")
    if there.public_key and there.public_key.split()[:2] != key.material.split():
        text = f"the key pair {name} holds another key than {key.private_path}"
        yield Warned(text=text, hint="the machines will take the key that is there; --ssh-key names its private half")


def supply_bucket(site: Site, name: str, tags: Mapping[str, str]) -> Generator[Event, None, str]:
    """Have the stax's bucket there, private and tagged; return its name."""
    bucket = site.bucket(name)
    yield StepStarted(step="looking after the bucket")
    try:
        there = s3.bucket_tags(site.aws, bucket)
    except AwsError as error:
        if error.code not in DENIED:
            raise
        message = f"the bucket name {bucket} is taken by another account"
        raise StaxError(message, hint="choose another name for the stax") from error
    if there is not None and not s3.is_of(site.aws, bucket, there, name):
        raise StaxError(f"the bucket {bucket} is not this stax's", hint="choose another name for the stax")
    if there is None:
        s3.create_bucket(site.aws, bucket)
    if not there:
        s3.secure_bucket(site.aws, bucket)
        # Last: a bucket that carries the tag is one that is finished.
        s3.tag_bucket(site.aws, bucket, tags)
    yield StepDetail(text=f"{bucket}, {'there already' if there else 'private, encrypted, versioned'}")
    return bucket


def upload(site: Site, bucket: str, objects: Mapping[str, bytes]) -> Generator[Event, None, None]:
    """Put the objects into the bucket; a key is its content's hash, so one that is there is right."""
    yield StepStarted(step="uploading the machines' configurations")
    for key, content in objects.items():
        if s3.has_object(site.aws, bucket, key):
            yield StepDetail(text=f"{key} is there already")
        else:
            s3.put_object(site.aws, bucket, key, content)
            yield StepDetail(text=f"{key} ({len(content):,} bytes)")
