import pytest

from stax.config.processors import DEFAULT_TYPES, architecture_of


@pytest.mark.parametrize("name", ["t4g.micro", "m6gd.large", "c7gn.large", "im4gn.large", "is4gen.large", "a1.large"])
def test_graviton_is_arm64(name):
    assert architecture_of(name) == "arm64"


@pytest.mark.parametrize(
    "name", ["t3.micro", "g4dn.xlarge", "m5a.large", "m7i-flex.large", "u-6tb1.metal", "gr6.xlarge"]
)
def test_the_others_are_x86(name):
    assert architecture_of(name) == "x86_64"


def test_the_default_types_have_the_processor_they_are_the_default_of():
    for architecture, types in DEFAULT_TYPES.items():
        assert {architecture_of(name) for name in types.values()} == {architecture}
