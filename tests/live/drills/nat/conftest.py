"""One region with a stax's network and both agents for all the cases of the NAT pair."""

from collections.abc import Iterator

import pytest
from tests.nat_lab import NatLab
from tests.nat_pair import agents_at_work, settled


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatLab]:
    with agents_at_work(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def pair(shared: NatLab) -> Iterator[NatLab]:
    """Both boxes at work."""
    with settled(shared) as ready:
        yield ready
