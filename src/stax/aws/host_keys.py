"""What the machines publish about themselves in SSM: their ssh host keys."""

from collections.abc import Iterable, Mapping

from stax.aws.session import Aws
from stax.model.inventory import Machine

MAXIMUM_NAMES_PER_CALL = 10


def parameter_name(stax_name: str, role: str, instance_id: str) -> str:
    """Return the parameter that holds a machine's host key."""
    return f"/stax/{stax_name}/hostkeys/{role}/{instance_id}"


def published_host_keys(aws: Aws, stax_name: str, machines: Iterable[Machine]) -> Mapping[str, str]:
    """Return what these machines have published, by instance id; one that has not is left out."""
    names = {parameter_name(stax_name, one.role, one.instance_id): one.instance_id for one in machines}
    asked, found = list(names), {}
    for start in range(0, len(asked), MAXIMUM_NAMES_PER_CALL):
        answer = aws.call("ssm", "GetParameters", Names=asked[start : start + MAXIMUM_NAMES_PER_CALL])
        found.update({names[one["Name"]]: one["Value"] for one in answer["Parameters"]})
    return found
