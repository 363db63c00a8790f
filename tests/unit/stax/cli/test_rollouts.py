"""Options that the commands about services share."""

from argparse import Namespace
from pathlib import Path

import pytest

from stax.cli.rollouts import duration_s, own_services
from stax.errors import UsageError


@pytest.mark.parametrize(("text", "seconds"), [(None, 300), ("90", 90), ("90s", 90), ("5m", 300), ("2h", 7200)])
def test_a_duration_in_seconds(text, seconds):
    assert duration_s(text, 300) == seconds


@pytest.mark.parametrize("text", ["", "0", "soon", "5 m", "-5m", "1e9"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(UsageError, match="is no duration"):
        duration_s(text, 300)


def test_ones_own_services_lie_beside_the_configuration(tmp_path: Path):
    config = str(tmp_path / "config.json")

    assert own_services(Namespace(services=None, config=config)) is None
    (tmp_path / "services").mkdir()
    assert own_services(Namespace(services=None, config=config)) == tmp_path / "services"
    assert own_services(Namespace(services="mine", config=config)) == Path("mine")
