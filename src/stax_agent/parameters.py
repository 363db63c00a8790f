"""The stax's parameters in SSM: what machines publish about themselves, for each other and for people."""

from collections.abc import Sequence

from stax_agent.aws import Aws
from stax_agent.imds import Machine
from stax_agent.setback import Setback

MAXIMUM_NAMES_PER_CALL = 10


def host_key_name(stax_name: str, role: str, instance_id: str) -> str:
    """Return where a machine's ssh host key is published."""
    return f"/stax/{stax_name}/hostkeys/{role}/{instance_id}"


def jumpbox_key_name(stax_name: str) -> str:
    """Return where the jumpbox publishes the key with which it goes on to docker hosts."""
    return f"/stax/{stax_name}/jump/ssh-public-key"


def publish_host_key(aws: Aws, machine: Machine, key: str) -> bool:
    """Publish this machine's host key, once and for ever; return whether it had not been before.

    Never overwritten: nobody who gets hold of the role later can put another key in its place.
    """
    name = host_key_name(machine.stax_name, machine.role, machine.instance_id)
    try:
        aws.ssm("PutParameter", Name=name, Value=key, Type="String", Overwrite=False)
    except Setback as setback:
        if setback.code != "ParameterAlreadyExists":
            raise
        return False
    return True


def publish_jumpbox_key(aws: Aws, stax_name: str, key: str) -> None:
    """Publish the jumpbox's own public key in place of that of the jumpbox before."""
    aws.ssm("PutParameter", Name=jumpbox_key_name(stax_name), Value=key, Type="String", Overwrite=True)


def jumpbox_key(aws: Aws, stax_name: str) -> str:
    """Return the jumpbox's public key, "" when none is published."""
    try:
        answer = aws.ssm("GetParameter", Name=jumpbox_key_name(stax_name))
    except Setback as setback:
        if setback.code != "ParameterNotFound":
            raise
        return ""
    return str(answer["Parameter"]["Value"])


def host_keys(aws: Aws, names: Sequence[str]) -> dict[str, str]:
    """Return the published host keys by the name of their parameter; what is not published is left out."""
    found: dict[str, str] = {}
    for start in range(0, len(names), MAXIMUM_NAMES_PER_CALL):
        answer = aws.ssm("GetParameters", Names=list(names[start : start + MAXIMUM_NAMES_PER_CALL]))
        found |= {one["Name"]: one["Value"] for one in answer["Parameters"]}
    return found
