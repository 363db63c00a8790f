"""What a box tells of its day: one entry a move, with the times that people ask for."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

from stax_agent.nat import facts
from stax_agent.nat.events import Chronicle
from stax_agent.nat.facts import CanaryHeard, EgressTried, Event, Examined, HeartbeatHeard, Holder, Looked, Watch
from stax_agent.nat.heartbeat import INTERVAL_S, Saying
from stax_agent.nat.state import decide

BEGAN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WELL, OUT, WITHIN = HeartbeatHeard(Saying.WELL), CanaryHeard(by_way_out=True), CanaryHeard(by_way_out=False)
GETS_OUT = EgressTried(works=True)
OWN, PEERS = 1, 2


class Day:
    """Box 1's day, chronicled."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.watch = Watch(me=OWN, started_at_s=self.now_s)
        self.chronicle = Chronicle(now=lambda: BEGAN + timedelta(seconds=self.now_s - 1000))
        self.hears(Examined(), GETS_OUT, Looked(OWN, Holder.ME, Holder.ME), Looked(PEERS, Holder.PEER, Holder.PEER))
        self.lives(2, WELL, GETS_OUT, OUT, WITHIN)

    def hears(self, *events: Event) -> Self:
        for event in events:
            self.watch, commands = decide(self.watch, event, self.now_s)
            self.chronicle.heed(self.watch, commands, self.now_s)
            if isinstance(event, facts.MoveEnded):
                self.chronicle.ended(event)
        return self

    def lives(self, seconds: float, *events: Event) -> Self:
        for _ in range(round(seconds / INTERVAL_S)):
            self.now_s += INTERVAL_S
            self.hears(*events, facts.Tick())
        return self

    def ends_the_move(self, *, called_in_s: float = 0.1, failure: str = "") -> Self:
        called_s = self.now_s + called_in_s
        holder = Holder.PEER if failure else Holder.ME
        self.hears(Looked(PEERS, holder, holder))
        return self.hears(facts.MoveEnded(PEERS, failure, 0.0, called_s, called_s + 0.02, connections=7))

    def told(self) -> list[dict[str, Any]]:
        return [entry.as_json() for entry in self.chronicle.entries]


def test_a_quiet_day_has_nothing_to_tell():
    assert Day().told() == []


def test_a_takeover_is_one_entry_with_its_times_counted_from_the_decision():
    day = Day().lives(0.25, GETS_OUT, WITHIN).ends_the_move()

    assert day.told() == [
        {
            "number": 1,
            "at": "2026-11-22T12:00:02.250Z",
            "what": "moved",
            "zone": 2,
            "why": "the peer is lost, and no host gets out through it",
            "seen_ms": -200,
            "called_ms": 100,
            "verified_ms": 120,
            "connections": 7,
            "tries": 1,
        }
    ]


def test_the_first_canary_that_gets_out_again_says_how_long_the_outage_was():
    day = Day().lives(0.25, GETS_OUT, WITHIN).ends_the_move().lives(0.1, GETS_OUT, WITHIN).hears(OUT)

    assert [entry["outage_ms"] for entry in day.told()] == [350]
    assert day.chronicle.outages.as_json() == {"count": 1, "total_s": 0.35, "last_s": 0.35, "longest_s": 0.35}


def test_hosts_that_were_away_altogether_are_no_outage():
    day = Day().lives(5, WELL, GETS_OUT).lives(0.1, WELL, GETS_OUT, WITHIN, OUT)

    assert day.chronicle.outages.count == 0


def test_a_move_that_failed_is_the_same_entry_when_it_is_tried_again():
    day = Day().lives(0.25, GETS_OUT, WITHIN).ends_the_move(failure="throttled")
    assert [(entry["what"], entry["failure"]) for entry in day.told()] == [("failed", "throttled")]

    day.lives(1, GETS_OUT, WITHIN).ends_the_move()

    assert [(entry["what"], entry["tries"], entry["called_ms"]) for entry in day.told()] == [("moved", 2, 1100)]


def test_an_unfit_peers_reason_is_told_with_the_move():
    day = Day().lives(0.1, HeartbeatHeard(Saying.UNFIT, "ip_forward is 0"), GETS_OUT, WITHIN)

    assert day.told()[0]["why"] == "the peer says that it is unfit: ip_forward is 0"


def test_what_the_peer_takes_back_is_gone():
    day = Day().lives(0.25, GETS_OUT, WITHIN).ends_the_move().lives(1, WELL, GETS_OUT, OUT, WITHIN)

    day.hears(Looked(PEERS, Holder.PEER, Holder.PEER))

    assert [entry["what"] for entry in day.told()] == ["moved", "gone"]


def test_a_drain_and_its_end_are_told():
    day = Day().hears(facts.DrainWanted(on=True)).hears(facts.DrainWanted(on=False))

    assert [entry["what"] for entry in day.told()] == ["drain", "return"]


def test_only_the_last_entries_are_kept():
    day = Day()
    for _ in range(200):
        day.hears(facts.DrainWanted(on=True)).hears(facts.DrainWanted(on=False))

    assert [entry["number"] for entry in day.told()] == list(range(351, 401))


def test_what_the_box_has_put_right_by_itself_is_told_and_moves_nothing():
    day = Day()
    day.hears(Examined(mended="the rules were put back"))
    day.chronicle.mended("the rules were put back")

    assert [(each.what, each.why) for each in day.chronicle.entries] == [("alarm", "the rules were put back")]
