"""What happened, from both boxes' reports."""

import pytest

from stax.api.nat_events import follow_events, nat_events
from stax.engine.site import Site
from stax.errors import NotFound


def event(number: int, at: str, what: str = "moved", **more: object) -> dict[str, object]:
    return {"number": number, "at": f"2026-01-01T{at}Z", "what": what, **more}


class StillClock:
    """A clock on which waiting lets a test act."""

    def __init__(self, between) -> None:
        self.between = between

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.between()


def test_the_events_of_both_boxes_are_one_story(pair, tmp_path):
    pair.says(1, events=[event(1, "11:00:00.100"), event(2, "11:00:00.300", "gone", zone=1)])
    pair.says(2, events=[event(7, "11:00:00.200", zone=1, why="because", seen_ms=-200)])

    told = nat_events(Site(pair, tmp_path), "demo")

    assert [(each.box, each.number) for each in told] == [("nat1", 1), ("nat2", 7), ("nat1", 2)]
    assert (told[1].why, told[1].seen_ms, told[1].outage_ms) == ("because", -200, None)


def test_a_later_agents_fields_are_passed_over(pair, tmp_path):
    pair.says(1, events=[event(1, "11:00:00.100", novelty=3)])

    assert len(nat_events(Site(pair, tmp_path), "demo")) == 1


def test_a_pair_that_never_reported_is_told_so(pair, tmp_path):
    pair.reports.clear()

    with pytest.raises(NotFound, match="not reported yet"):
        nat_events(Site(pair, tmp_path), "demo")


def test_a_follower_hears_each_event_once_and_again_when_more_is_known(pair, tmp_path):
    pair.says(1, events=[event(1, "11:00:00.100", "moving")])
    story = follow_events(
        Site(pair, tmp_path, StillClock(lambda: pair.says(1, events=[event(1, "11:00:00.100", outage_ms=310)]))), "demo"
    )

    assert [next(story).what, next(story).outage_ms] == ["moving", 310]
