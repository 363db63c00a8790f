"""Which instance types have which processor, and the default types of each architecture."""

import re

DEFAULT_TYPES = {
    "x86_64": {"JumpInstanceType": "t3.micro", "NATInstanceType": "t3.small", "DockerInstanceType": "t3.large"},
    "arm64": {"JumpInstanceType": "t4g.micro", "NATInstanceType": "t4g.small", "DockerInstanceType": "t4g.large"},
}


def architecture_of(instance_type: str) -> str:
    """Tell the processor from the name: Graviton has a "g" after the generation (t4g, m7gd, im4gn), or is a1."""
    family = instance_type.split(".", maxsplit=1)[0]
    if family == "a1":
        return "arm64"
    attributes = re.match(r"[a-z]+[0-9]+([a-z]*)", family)
    return "arm64" if attributes and "g" in attributes.group(1) else "x86_64"
