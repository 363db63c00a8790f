"""What is published about a machine stays as it was published."""

import pytest

from stax_agent.imds import Machine
from stax_agent.parameters import host_keys, jumpbox_key, publish_host_key, publish_jumpbox_key
from stax_agent.setback import Setback

DOCKER = Machine(instance_id="i-2", region="eu-west-1", stax_name="web", role="docker")


def test_a_host_key_is_published_under_role_and_instance(aws, key):
    assert publish_host_key(aws, DOCKER, key)
    assert aws.parameters == {"/stax/web/hostkeys/docker/i-2": key}


def test_a_published_host_key_is_never_overwritten(aws, key, other_key):
    publish_host_key(aws, DOCKER, key)

    assert not publish_host_key(aws, DOCKER, other_key)
    assert aws.parameters == {"/stax/web/hostkeys/docker/i-2": key}


def test_any_other_refusal_is_a_setback(aws, key):
    aws.says = "AccessDeniedException"

    with pytest.raises(Setback):
        publish_host_key(aws, DOCKER, key)


def test_a_new_jumpboxs_key_takes_the_place_of_the_old_ones(aws, key, other_key):
    publish_jumpbox_key(aws, "web", key)
    publish_jumpbox_key(aws, "web", other_key)

    assert jumpbox_key(aws, "web") == other_key


def test_before_there_is_a_jumpbox_there_is_no_key(aws):
    assert jumpbox_key(aws, "web") == ""


def test_host_keys_are_asked_for_ten_at_a_time_and_missing_ones_left_out(aws, key):
    names = [f"/stax/web/hostkeys/docker/i-{number}" for number in range(25)]
    aws.parameters = dict.fromkeys(names[:20], key)

    assert list(host_keys(aws, names)) == names[:20]
    assert [len(parameters["Names"]) for _, parameters in aws.asked] == [10, 10, 5]
