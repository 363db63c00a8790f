"""What is uploaded before the stack is made: machines' configurations and the template, named by content.

A key holds the hash of what lies under it, so an upload that was done once never has to be done again, and
one that is in use is never overwritten.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from stax.synth.agent import agent_zipapp
from stax.synth.ignition import ignition_config
from stax.synth.machine import FetchedFile, Role, read_machine

AGENT_PATH = "/opt/stax/agent.pyz"
"""Where the agent lies on every machine; the units name it."""

AGENT_TYPE = "application/zip"
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


def agent_artifact() -> Artifact:
    """Make the agent, which all machines run."""
    return _artifact("machines/agent/", ".pyz", agent_zipapp(), AGENT_TYPE)


def machine_artifacts(parameters: Mapping[str, str], *, bucket: str, agent: Artifact) -> dict[Role, Artifact]:
    """Make each role's Ignition configuration from the stack's parameters (`VpcCidr` and the like).

    It has the machine fetch the agent from the bucket and refuse any other than this one.
    """
    fetched = FetchedFile(AGENT_PATH, f"s3://{bucket}/{agent.key}", agent.sha512)
    return {role: _machine_artifact(role, parameters, fetched) for role in Role}


def _machine_artifact(role: Role, parameters: Mapping[str, str], agent: FetchedFile) -> Artifact:
    content = ignition_config(replace(read_machine(role, parameters), fetched=(agent,)))
    # The prefix is what the role of these machines may read, and all of it.
    return _artifact(f"machines/{role}/", ".ign", content, IGNITION_TYPE)


def template_artifact(text: str) -> Artifact:
    """Make the template, as it is uploaded for CloudFormation's TemplateURL."""
    return _artifact("templates/", ".yaml", text.encode(), YAML_TYPE)


def _artifact(prefix: str, suffix: str, content: bytes, content_type: str) -> Artifact:
    digest = hashlib.sha512(content).hexdigest()
    return Artifact(f"{prefix}{digest[:SHOWN_DIGITS]}{suffix}", content, content_type, digest)
