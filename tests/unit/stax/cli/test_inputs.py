from argparse import Namespace
from pathlib import Path

import pytest

from stax.cli.inputs import configuration_of, template_of
from stax.config import ConfigurationError


def _values(path, **options):
    return Namespace(**({"config": str(path), "allow_wide_ssh": False, "allow_public_range": False} | options))


def test_notes_of_the_configuration_are_told(tmp_path, new_terminal):
    path = tmp_path / "config.json"
    path.write_text('{"DiscoveryURL": "@DISCOVERY_URL@", "AllowSSHFrom": "198.51.100.7/32", "CostCenter": "1"}')
    at = new_terminal()

    configuration_of(_values(path), at, template=None, own_address=None)

    assert "[ NOTE ]  DiscoveryURL has no effect any more" in at.stderr.getvalue()


def test_wide_ssh_is_refused_unless_it_is_meant(tmp_path, new_terminal):
    path = tmp_path / "config.json"
    path.write_text('{"AllowSSHFrom": "198.51.0.0/16", "CostCenter": "1"}')

    with pytest.raises(ConfigurationError, match="--allow-wide-ssh"):
        configuration_of(_values(path), new_terminal(), template=None, own_address=None)

    configuration_of(_values(path, allow_wide_ssh=True), new_terminal(), template=None, own_address=None)


def test_a_template_of_ones_own_brings_its_own_parameters(tmp_path, new_terminal):
    template = tmp_path / "mine.yaml"
    template.write_text("Parameters: {Flavour: {Type: String}}\nResources: {Vpc: {Type: AWS::EC2::VPC}}\n")
    path = tmp_path / "config.json"
    path.write_text('{"Flavour": "soul", "AllowSSHFrom": "198.51.100.7/32", "CostCenter": "1"}')

    configuration = configuration_of(_values(path), new_terminal(), template=template, own_address=None)

    assert configuration.parameters()["Flavour"] == "soul"


def test_no_template_means_the_one_that_comes_with_stax():
    assert template_of(Namespace(template=None)) is None
    assert template_of(Namespace(template="mine.yaml")) == Path("mine.yaml")
