from ipaddress import IPv4Address
from pathlib import Path

from stax.config import Surroundings, load
from stax.config.keys import KEYS

EXAMPLE = Path(__file__).parents[4] / "config" / "config.json.example"
HERE = Surroundings("jo", lambda: IPv4Address("198.51.100.7"))


def test_the_example_works_as_it_is():
    configuration = load(EXAMPLE, surroundings=HERE)

    assert configuration.cluster_size == 3
    assert configuration.notes == ()


def test_the_example_shows_every_key_with_its_default():
    defaults = load(EXAMPLE, surroundings=HERE).parameters()

    assert defaults == {
        key.name: {"CostCenter": "1111-1111-ABC11111", "Owner": "jo", "AllowSSHFrom": "198.51.100.7/32"}.get(
            key.name, key.default
        )
        for key in KEYS
        if key.name != "KeyName" and key.is_parameter
    }


def test_what_is_staxs_alone_is_no_parameter_of_the_template(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"CostCenter": "1", "AutoServices": "nginx, registry"}')
    configuration = load(path, surroundings=HERE)

    assert configuration.auto_services == ("nginx", "registry")
    assert "AutoServices" not in configuration.parameters()


def test_six_keys_become_tags():
    tags = load(EXAMPLE, surroundings=HERE).tags()

    assert list(tags) == ["App", "Group", "Environment", "CostCenter", "Owner", "KeepAlive"]


def test_offline_the_own_address_is_left_out():
    configuration = load(EXAMPLE, surroundings=Surroundings("jo"))

    assert configuration.allow_ssh_from is None
    assert "AllowSSHFrom" not in configuration.parameters()
