"""Key pairs: public keys that AWS hands to the machines.  A private key is never made by AWS nor sent to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from stax.aws.errors import AwsError
from stax.aws.session import Aws

ABSENT = {"InvalidKeyPair.NotFound", "InvalidKeyPair.NotFoundException"}


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """A key pair as EC2 has it."""

    name: str
    public_key: str
    """As in an authorized_keys file: type, key, and perhaps a comment."""
    tags: Mapping[str, str]


def find_key_pair(aws: Aws, name: str) -> KeyPair | None:
    """Return the key pair of that name, None when there is none."""
    try:
        answer = aws.call("ec2", "DescribeKeyPairs", KeyNames=[name], IncludePublicKey=True)
    except AwsError as error:
        if error.code in ABSENT:
            return None
        raise
    item = answer["KeyPairs"][0]
    return KeyPair(
        name=item["KeyName"],
        public_key=item.get("PublicKey", ""),
        tags={tag["Key"]: tag["Value"] for tag in item.get("Tags", ())},
    )


def import_key_pair(aws: Aws, name: str, public_key: str, tags: Mapping[str, str]) -> None:
    """Give EC2 a public key.  Raises AwsError InvalidKeyPair.Duplicate when the name is taken."""
    specification = {"ResourceType": "key-pair", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
    aws.call(
        "ec2",
        "ImportKeyPair",
        KeyName=name,
        PublicKeyMaterial=public_key.encode(),
        TagSpecifications=[specification],
    )


def delete_key_pair(aws: Aws, name: str) -> None:
    """Delete a key pair; machines that were started with it keep the key, and one that is gone is fine."""
    try:
        aws.call("ec2", "DeleteKeyPair", KeyName=name)
    except AwsError as error:
        if error.code not in ABSENT:
            raise
