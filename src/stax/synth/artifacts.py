"""What is uploaded before the stack is made: machines' configurations and the template, named by content.

A key holds the hash of what lies under it, so an upload that was done once never has to be done again, and
one that is in use is never overwritten.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from stax.synth.ignition import ignition_config
from stax.synth.machine import Role, read_machine

IGNITION_TYPE = "application/vnd.coreos.ignition+json"
YAML_TYPE = "application/yaml"
SHOWN_DIGITS = 32
"""128 bits of the hash in a key: enough to never meet by accident; the whole hash is verified apart from it."""


@dataclass(frozen=True)
class Artifact:
    """Something to upload: its key in the bucket, its bytes, their SHA-512 in hexadecimal digits."""

    key: str
    content: bytes
    content_type: str
    sha512: str


def machine_artifacts(parameters: Mapping[str, str]) -> dict[Role, Artifact]:
    """Make each role's Ignition configuration from the stack's parameters (`VpcCidr` and the like)."""
    return {role: _machine_artifact(role, parameters) for role in Role}


def _machine_artifact(role: Role, parameters: Mapping[str, str]) -> Artifact:
    content = ignition_config(read_machine(role, parameters))
    # The prefix is what the role of these machines may read, and all of it.
    return _artifact(f"machines/{role}/", ".ign", content, IGNITION_TYPE)


def template_artifact(text: str) -> Artifact:
    """Make the template, as it is uploaded for CloudFormation's TemplateURL."""
    return _artifact("templates/", ".yaml", text.encode(), YAML_TYPE)


def _artifact(prefix: str, suffix: str, content: bytes, content_type: str) -> Artifact:
    digest = hashlib.sha512(content).hexdigest()
    return Artifact(f"{prefix}{digest[:SHOWN_DIGITS]}{suffix}", content, content_type, digest)
