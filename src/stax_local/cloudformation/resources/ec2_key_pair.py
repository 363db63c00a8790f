"""Key pairs: imported, or made by EC2, which then keeps the private key in an SSM parameter."""

from stax_local.cloudformation.resources import tagging
from stax_local.cloudformation.shapes import TAGS, ResourceType, Text, replaces
from stax_local.cloudformation.work import Live, Properties, Work, chosen, or_absent


def _create(work: Work, properties: Properties) -> str:
    ec2, name = work.client("ec2"), properties["KeyName"]
    specifications = tagging.specifications("key-pair", work, properties)
    if "PublicKeyMaterial" in properties:
        material = properties["PublicKeyMaterial"].encode()
        ec2.import_key_pair(KeyName=name, PublicKeyMaterial=material, TagSpecifications=specifications)
    else:
        made = ec2.create_key_pair(
            KeyName=name, **chosen(properties, "KeyType", "KeyFormat"), TagSpecifications=specifications
        )
        parameter = f"/ec2/keypair/{made['KeyPairId']}"
        work.client("ssm").put_parameter(Name=parameter, Type="SecureString", Value=made["KeyMaterial"])
    work.made(name)
    return str(name)


def _left(work: Work, properties: Properties) -> list[str]:
    found = or_absent(work.client("ec2").describe_key_pairs, KeyNames=[properties["KeyName"]])
    key_pairs = found["KeyPairs"] if found else []
    return [each["KeyName"] for each in key_pairs if tagging.is_own(work, each.get("Tags", []))]


def _read(work: Work, name: str, properties: Properties) -> Live | None:
    found = or_absent(work.client("ec2").describe_key_pairs, KeyNames=[name])
    if not found or not found["KeyPairs"]:
        return None
    key_pair = found["KeyPairs"][0]
    live = {"KeyName": name, "Tags": tagging.own(key_pair.get("Tags", []))}
    if "KeyType" in properties:
        live["KeyType"] = key_pair.get("KeyType", "rsa")
    return Live(live, chosen(key_pair, "KeyPairId", "KeyFingerprint"))


def _delete(work: Work, name: str, properties: Properties) -> None:
    found = or_absent(work.client("ec2").describe_key_pairs, KeyNames=[name])
    work.client("ec2").delete_key_pair(KeyName=name)
    if "PublicKeyMaterial" not in properties:
        for each in found["KeyPairs"] if found else []:
            or_absent(work.client("ssm").delete_parameter, Name=f"/ec2/keypair/{each['KeyPairId']}")


KEY_PAIR = ResourceType(
    "AWS::EC2::KeyPair",
    {
        "KeyName": replaces(required=True),
        "KeyType": replaces(Text(("rsa", "ed25519"))),
        "KeyFormat": replaces(Text(("pem", "ppk")), hidden=True),
        "PublicKeyMaterial": replaces(hidden=True),
        "Tags": replaces(TAGS),
    },
    _create,
    _read,
    _delete,
    leftovers=_left,
    attributes=frozenset({"KeyPairId", "KeyFingerprint"}),
)

TYPES = (KEY_PAIR,)
