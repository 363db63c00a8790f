"""What is uploaded is named by its content: the same content is never uploaded twice, nor anything overwritten."""

import hashlib
import json

from stax.synth.artifacts import AGENT_PATH, Artifact, agent_artifact, machine_artifacts, template_artifact
from stax.synth.machine import Role

PARAMETERS = {"VpcCidr": "10.183.0.0/16", "PrivateSubnet1": "10.183.0.0/24", "PrivateSubnet2": "10.183.2.0/24"}


AGENT = agent_artifact()


def made(parameters: dict[str, str]) -> dict[Role, Artifact]:
    return machine_artifacts(parameters, bucket="shop-bucket", agent=AGENT)


def test_each_role_has_a_configuration_below_the_prefix_it_may_read():
    artifacts = made(PARAMETERS)

    assert set(artifacts) == set(Role)
    for role, artifact in artifacts.items():
        assert artifact.sha512 == hashlib.sha512(artifact.content).hexdigest()
        assert artifact.key == f"machines/{role}/{artifact.sha512[:32]}.ign"


def test_the_same_parameters_give_the_same_bytes():
    assert made(PARAMETERS) == made(dict(reversed(PARAMETERS.items())))


def test_only_the_machine_that_a_parameter_concerns_is_named_anew():
    before = made(PARAMETERS)
    after = made(PARAMETERS | {"PrivateSubnet2": "10.183.4.0/24"})

    assert before[Role.NAT].key != after[Role.NAT].key
    assert before[Role.JUMP] == after[Role.JUMP]
    assert before[Role.DOCKER] == after[Role.DOCKER]


def test_every_machine_fetches_the_agent_and_refuses_any_other():
    for artifact in made(PARAMETERS).values():
        (file,) = (one for one in json.loads(artifact.content)["storage"]["files"] if one["path"] == AGENT_PATH)

        assert file["contents"] == {
            "source": f"s3://shop-bucket/{AGENT.key}",
            "verification": {"hash": f"sha512-{hashlib.sha512(AGENT.content).hexdigest()}"},
        }
    assert AGENT.key == f"machines/agent/{AGENT.sha512[:32]}.pyz"


def test_the_template_is_named_by_its_text():
    one, other = template_artifact("A: 1\n"), template_artifact("A: 2\n")

    assert one.key.startswith("templates/")
    assert one.key.endswith(".yaml")
    assert one.key != other.key
