"""The keys and the template say the same."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import stax
from stax.config.configuration import Configuration
from stax.config.keys import FILLED_IN, KEYS, RETIRED, TAGS, Key
from stax.config.kinds import Choice, InstanceType, WholeNumber

TEMPLATE = Path(stax.__file__).parent / "templates" / "stax.yaml"


PARAMETERS = [key for key in KEYS if key.is_parameter]


class AnyTag(yaml.SafeLoader):
    """Reads CloudFormation's short forms such as !Ref as if they were not there."""


AnyTag.add_multi_constructor("!", lambda loader, suffix, node: None)


@pytest.fixture(scope="module")
def parameters() -> dict[str, Any]:
    return dict(yaml.load(TEMPLATE.read_text(), Loader=AnyTag)["Parameters"])  # noqa: S506 - a SafeLoader


@pytest.mark.parametrize("key", PARAMETERS, ids=lambda key: key.name)
def test_the_template_takes_the_key_with_the_same_default(key: Key, parameters):
    default = parameters[key.name].get("Default")

    if key.default is None or key.placeholder:
        assert default is None
    else:
        assert str(default) == key.default


@pytest.mark.parametrize("key", [key for key in KEYS if isinstance(key.kind, WholeNumber)], ids=lambda key: key.name)
def test_numbers_have_the_same_bounds(key: Key, parameters):
    declared = parameters[key.name]

    assert isinstance(key.kind, WholeNumber)
    assert (declared["MinValue"], declared["MaxValue"]) == (key.kind.smallest, key.kind.largest)


@pytest.mark.parametrize("key", [key for key in KEYS if isinstance(key.kind, Choice)], ids=lambda key: key.name)
def test_choices_are_the_same(key: Key, parameters):
    assert isinstance(key.kind, Choice)
    assert parameters[key.name]["AllowedValues"] == list(key.kind.words)


@pytest.mark.parametrize(
    "key", [key for key in PARAMETERS if key.default and not key.placeholder], ids=lambda key: key.name
)
def test_the_templates_pattern_takes_the_default(key: Key, parameters):
    pattern = parameters[key.name].get("AllowedPattern", "")

    assert key.default is not None
    assert re.search(pattern, key.default)


def test_every_instance_type_passes_the_template(parameters):
    for key in KEYS:
        if isinstance(key.kind, InstanceType):
            for name in ("u-6tb1.metal", "m7i-flex.2xlarge", "m7i.metal-24xl", "t4g.micro"):
                assert re.search(parameters[key.name]["AllowedPattern"], name)


def test_a_key_is_an_attribute_of_the_configuration():
    attributes = [field.name for field in dataclasses.fields(Configuration)]

    assert attributes == [*(key.attribute for key in KEYS), "extra", "notes"]


def test_the_template_takes_the_keys_and_what_stax_fills_in_and_nothing_else(parameters):
    assert sorted(parameters) == sorted([*(key.name for key in PARAMETERS), *FILLED_IN])


def test_tags_are_keys_and_retired_keys_are_not():
    names = {key.name for key in KEYS}

    assert set(TAGS) <= names
    assert not names & set(RETIRED)
