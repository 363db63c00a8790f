"""What is uploaded is named by its content: the same content is never uploaded twice, nor anything overwritten."""

import hashlib

from stax.synth.artifacts import machine_artifacts, template_artifact
from stax.synth.machine import Role

PARAMETERS = {"VpcCidr": "10.183.0.0/16", "PrivateSubnet1": "10.183.0.0/24", "PrivateSubnet2": "10.183.2.0/24"}


def test_each_role_has_a_configuration_below_the_prefix_it_may_read():
    artifacts = machine_artifacts(PARAMETERS)

    assert set(artifacts) == set(Role)
    for role, artifact in artifacts.items():
        assert artifact.sha512 == hashlib.sha512(artifact.content).hexdigest()
        assert artifact.key == f"machines/{role}/{artifact.sha512[:32]}.ign"


def test_the_same_parameters_give_the_same_bytes():
    assert machine_artifacts(PARAMETERS) == machine_artifacts(dict(reversed(PARAMETERS.items())))


def test_only_the_machine_that_a_parameter_concerns_is_named_anew():
    before = machine_artifacts(PARAMETERS)
    after = machine_artifacts(PARAMETERS | {"PrivateSubnet2": "10.183.4.0/24"})

    assert before[Role.NAT].key != after[Role.NAT].key
    assert before[Role.JUMP] == after[Role.JUMP]
    assert before[Role.DOCKER] == after[Role.DOCKER]


def test_the_template_is_named_by_its_text():
    one, other = template_artifact("A: 1\n"), template_artifact("A: 2\n")

    assert one.key.startswith("templates/")
    assert one.key.endswith(".yaml")
    assert one.key != other.key
