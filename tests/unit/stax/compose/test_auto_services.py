"""AutoServices: only what there is."""

import pytest

from stax.compose.auto_services import AutoServices, refuse_unknown
from stax.errors import UsageError


def test_services_of_the_catalogue_are_known():
    refuse_unknown(AutoServices(names=("nginx", "registry")))


def test_every_name_that_is_no_services_is_told_with_the_nearest():
    with pytest.raises(UsageError) as refused:
        refuse_unknown(AutoServices(names=("ngnix", "nginx", "xyz")))

    assert refused.value.message.startswith("AutoServices: there is no service ngnix")
    assert "nginx" in refused.value.message
    assert "xyz" in refused.value.message
    assert "registry" in refused.value.hint


def test_the_persons_own_are_known_too(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "compose.yaml").write_text("services: {mine: {image: mine:1}}\n")

    refuse_unknown(AutoServices(names=("mine", "nginx"), folder=tmp_path))
