"""From so many docker hosts to so many."""

import itertools

import pytest

from stax.api.scale import stages
from stax.model.cluster import servers_for


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (3, 7, [7]),
        (3, 3, []),
        (6, 3, [5, 4, 3]),
        (9, 3, [7, 6, 5, 4, 3]),
        (3, 1, [2, 1]),
    ],
)
def test_growing_is_one_step_and_shrinking_never_more_than_the_servers_can_lose(before, after, way):
    assert stages(before, after) == way


@pytest.mark.parametrize("before", range(3, 20))
def test_on_no_step_down_to_three_can_a_majority_of_the_servers_go(before):
    sizes = [before, *stages(before, 3)]

    for size, next_size in itertools.pairwise(sizes):
        servers = servers_for(size)
        assert servers - (size - next_size) > servers // 2
