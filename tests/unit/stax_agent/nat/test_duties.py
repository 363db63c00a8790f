"""How a NAT box that starts reaches AWS."""

import pytest

from stax_agent.line import Way
from stax_agent.nat.duties import by_either_address
from stax_agent.nat.relay import MARK
from stax_agent.setback import Setback


def fails(code: str) -> None:
    raise Setback("no", code=code)


def test_a_box_that_gets_no_answer_tries_the_address_that_stands_in_and_its_own_in_turn():
    """Each box may hold the other's Elastic IP, and neither be there yet to relay."""
    way, marks = Way(), []
    for _ in range(3):
        marks.append(way.mark)
        with pytest.raises(Setback):
            by_either_address(way, lambda: fails("Timeout"))

    assert marks == [0, MARK, 0]


def test_a_refusal_came_by_a_way_that_works():
    way = Way()
    with pytest.raises(Setback):
        by_either_address(way, lambda: fails("RequestLimitExceeded"))

    assert way.mark == 0
