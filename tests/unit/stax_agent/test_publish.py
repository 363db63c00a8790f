import pytest

from stax_agent.imds import Machine
from stax_agent.publish import Keys, publish
from stax_agent.setback import Setback


def machine(role: str) -> Machine:
    return Machine(instance_id="i-1", region="eu-west-1", stax_name="web", role=role)


@pytest.fixture
def keys(tmp_path, key, other_key):
    (tmp_path / "host.pub").write_text(f"{key} root@here\n")
    (tmp_path / "jump.pub").write_text(f"{other_key} jumpbox\n")
    return Keys(host=tmp_path / "host.pub", jumpbox=tmp_path / "jump.pub")


@pytest.mark.parametrize("role", ["nat", "docker"])
def test_a_machine_publishes_its_host_key(aws, keys, key, role):
    publish(aws, machine(role), keys)

    assert aws.parameters == {f"/stax/web/hostkeys/{role}/i-1": key}


def test_the_jumpbox_publishes_the_key_of_its_own_as_well(aws, keys, key, other_key):
    publish(aws, machine("jump"), keys)

    assert aws.parameters == {"/stax/web/hostkeys/jump/i-1": key, "/stax/web/jump/ssh-public-key": other_key}


def test_doing_it_again_changes_nothing_and_says_so(aws, keys):
    publish(aws, machine("jump"), keys)
    before = dict(aws.parameters)

    assert publish(aws, machine("jump"), keys) == "host-key=was-published instance=i-1 jumpbox-key=published"
    assert aws.parameters == before


def test_before_sshd_has_its_key_there_is_nothing_to_publish(aws, keys):
    keys.host.unlink()

    with pytest.raises(Setback):
        publish(aws, machine("nat"), keys)

    assert aws.parameters == {}
