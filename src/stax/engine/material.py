"""What a stax is made from: the template, its parameters, and the objects that the bucket must hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stax.config import Configuration
from stax.config.names import key_pair_name
from stax.engine.site import Site
from stax.errors import UsageError
from stax.synth.artifacts import agent_artifact, machine_artifacts, template_artifact
from stax.synth.parameters import template_parameters
from stax.synth.template import STAX_TEMPLATE, Template, load_template


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that AWS is given."""

    template: Template
    parameters: Mapping[str, str]
    objects: Mapping[str, bytes]
    """What to upload, by key."""
    template_key: str


def gather(
    site: Site, name: str, configuration: Configuration, *, image_id: str, template: Path | None = None
) -> Material:
    """Make everything from the configuration, the template and the machines' folders.

    Only the parameters that the template declares are given to it, so that a template of one's
    own may leave some out.
    """
    loaded = load_template(template or STAX_TEMPLATE)
    wanted = {"KeyName": key_pair_name(name)} | configuration.parameters()
    if "AllowSSHFrom" not in wanted:
        raise UsageError("AllowSSHFrom is not known", hint="write your address, such as 198.51.100.7/32")
    agent, bucket = agent_artifact(), site.bucket(name)
    artifacts = machine_artifacts(wanted, bucket=bucket, agent=agent)
    filled = template_parameters(wanted, image_id=image_id, bucket=bucket, artifacts=artifacts)
    as_uploaded = template_artifact(loaded.text)
    return Material(
        template=loaded,
        parameters={key: value for key, value in filled.items() if key in loaded.section("Parameters")},
        objects={artifact.key: artifact.content for artifact in (agent, *artifacts.values(), as_uploaded)},
        template_key=as_uploaded.key,
    )
