"""The template's parameters that nobody writes into a configuration: what stax finds, makes and uploads."""

from collections.abc import Mapping

from stax.synth.artifacts import Artifact
from stax.synth.machine import Role

PARAMETER_PREFIX = {Role.JUMP: "Jump", Role.NAT: "NAT", Role.DOCKER: "Docker"}


def template_parameters(
    configuration: Mapping[str, str], *, image_id: str, bucket: str, artifacts: Mapping[Role, Artifact]
) -> dict[str, str]:
    """Add to the configuration's parameters those that stax fills in: all that the template needs."""
    filled = dict(configuration) | {"ImageId": image_id, "Bucket": bucket}
    for role, prefix in PARAMETER_PREFIX.items():
        filled[f"{prefix}IgnitionKey"] = artifacts[role].key
        filled[f"{prefix}IgnitionHash"] = f"sha512-{artifacts[role].sha512}"
    return filled
