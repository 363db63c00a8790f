"""Configuration and what stax fills in are together exactly what the template declares."""

import re

from stax.synth.artifacts import agent_artifact, machine_artifacts
from stax.synth.conditions import effective_parameters
from stax.synth.parameters import template_parameters
from stax.synth.template import load_template

CONFIGURATION = {
    "VpcCidr": "10.183.0.0/16",
    "PrivateSubnet1": "10.183.0.0/24",
    "PrivateSubnet2": "10.183.2.0/24",
    "CostCenter": "1111-1111-ABC11111",
    "Owner": "ada",
    "KeyName": "mine",
    "AllowSSHFrom": "203.0.113.7/32",
}


def filled_in() -> dict[str, str]:
    artifacts = machine_artifacts(CONFIGURATION, bucket="stax-bucket", agent=agent_artifact())
    return template_parameters(CONFIGURATION, image_id="ami-0123", bucket="stax-bucket", artifacts=artifacts)


def test_every_parameter_of_the_template_has_a_value_and_no_other_is_given():
    template = load_template()

    assert set(effective_parameters(template, filled_in())) == set(template.section("Parameters"))


def test_what_is_filled_in_satisfies_the_templates_own_constraints():
    declared = load_template().section("Parameters")

    for name, value in filled_in().items():
        pattern = declared[name].get("AllowedPattern")
        assert pattern is None or re.fullmatch(pattern, value), name
